// The files of an exhibit as one fact: one with its kind, size and hash; of several how many and how large.
import { Plural, Trans } from '@lingui/react/macro';
import { Fact } from '../../../base/parts/Card';
import { Hash } from '../../../base/parts/Hash';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';
import { fileKind } from './fileKind';

export function FilesFact({ exhibit: { file_list: files, size } }: { exhibit: Pick<Exhibit, 'file_list' | 'size'> }) {
  const format = useFormat();
  const [first] = files;
  const bytes = format.bytes(size);
  if (files.length === 1 && first) {
    const kind = fileKind(first);
    return <Fact term={<Trans>File</Trans>}><span className="nowrap"><bdi>{kind}</bdi>, {bytes}</span> · <Hash value={first.sha256} /></Fact>;
  }
  return <Fact term={<Trans>Files</Trans>}><Plural value={files.length} one={`# file, ${bytes}`} other={`# files, ${bytes}`} /></Fact>;
}
