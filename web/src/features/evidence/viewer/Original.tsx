// The file as it was taken in, byte for byte: fetched, never run here. Fetching is recorded.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { Card } from '../../../base/parts/Card';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { fileKind } from '../facts/fileKind';
import type { Exhibit, ExhibitFile } from '../queries';
import { download } from './download';
import classes from './Viewer.module.css';

export function Original({ space, exhibit, file }: { space: string; exhibit: Exhibit; file: ExhibitFile }) {
  const { t } = useLingui();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const fetching = useMutation({ mutationFn: () => download(space, exhibit.id, file.n, reason.trim()) });
  const { harmful } = exhibit.sensitivity;
  const kind = fileKind(file);
  const size = format.bytes(file.size);
  return (
    <div className={classes.stage}>
      <div className={classes.sheet}>
        <Card>
          <form className={classes.sheetBody} onSubmit={(event) => (event.preventDefault(), fetching.mutate())}>
            <p><b><bdi className={classes.anywhere}>{file.name}</bdi></b></p>
            <p className={classes.quiet}><bdi>{kind}</bdi> · {size}</p>
            <p className={classes.quiet}>
              {file.viewable === 'none' ? (
                <Trans>This kind of file is not shown here. Fetch it, and open it where nothing else can be harmed.</Trans>
              ) : (
                <Trans>The file as it was taken in, byte for byte. Open it where nothing else can be harmed.</Trans>
              )}
            </p>
            {harmful && (
              <TextInput
                label={t`Why it must be fetched`} description={t`Recorded with your name.`} value={reason} required maxLength={1000}
                onChange={({ currentTarget }) => setReason(currentTarget.value)}
              />
            )}
            {fetching.error && <ErrorState error={fetching.error} />}
            <span>
              <Button type="submit" variant="default" loading={fetching.isPending} disabled={harmful && !reason.trim()} leftSection={<IconDownload size={18} stroke={1.7} />}>
                <Trans>Fetch the file</Trans>
              </Button>
            </span>
            <p className="meta"><Trans>Fetching is recorded in the custody of this exhibit.</Trans></p>
          </form>
        </Card>
      </div>
    </div>
  );
}
