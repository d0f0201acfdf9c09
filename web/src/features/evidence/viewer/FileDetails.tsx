// What is known of a file without opening it: its name, place, size, the kind that the node found in it, its hash.
import { Trans } from '@lingui/react/macro';
import { Card, Fact, Facts } from '../../../base/parts/Card';
import { Hash } from '../../../base/parts/Hash';
import { useFormat } from '../../../base/useFormat';
import type { ExhibitFile } from '../queries';
import classes from './Viewer.module.css';

export function FileDetails({ file }: { file: ExhibitFile }) {
  const format = useFormat();
  const size = format.bytes(file.size);
  const bytes = format.number(file.size);
  return (
    <div className={classes.stage} tabIndex={0}>
      <div className={classes.sheet}>
        <Card>
          <div className={classes.sheetBody}>
            <Facts>
              <Fact term={<Trans>Name</Trans>}><bdi className={classes.anywhere}>{file.name}</bdi></Fact>
              {file.path && <Fact term={<Trans>Folder</Trans>}><bdi dir="ltr" className={classes.anywhere}>{file.path}</bdi></Fact>}
              <Fact term={<Trans>Size</Trans>}>{file.size < 1000 ? size : <Trans>{size} ({bytes} bytes)</Trans>}</Fact>
              <Fact term={<Trans>Kind</Trans>}><bdi dir="ltr">{file.type}</bdi></Fact>
              {file.modified && <Fact term={<Trans>Last changed, by its source</Trans>}>{format.exact(file.modified)}</Fact>}
              <Fact term={<Trans>SHA-256</Trans>}><Hash value={file.sha256} whole /></Fact>
            </Facts>
            <p className="meta"><Trans>The node found the kind in the file itself; its name counts for nothing. The hash is the file’s fingerprint: another byte, another hash.</Trans></p>
          </div>
        </Card>
      </div>
    </div>
  );
}
