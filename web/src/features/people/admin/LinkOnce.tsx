// An invitation's link: shown once, kept nowhere.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Stack } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useFormat } from '../../../base/useFormat';
import classes from './LinkOnce.module.css';

export function LinkOnce({ link, expires, onClose }: { link: string; expires: string; onClose: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const { copied, copy } = useClipboard({ timeout: 3000 });
  const until = format.dateTime(expires);
  return (
    <Stack gap={14}>
      <p><Trans>Give this link to that person alone, in person or by telephone if you can. It is shown this once and works once, until {until}.</Trans></p>
      <p className={classes.link} tabIndex={0} aria-label={t`The link`}><bdi dir="ltr">{link}</bdi></p>
      <div className={classes.buttons}>
        <Button size="md" leftSection={copied ? <IconCheck size={18} stroke={1.8} /> : <IconCopy size={18} stroke={1.7} />} onClick={() => copy(link)}>
          {copied ? <Trans>Copied</Trans> : <Trans>Copy the link</Trans>}
        </Button>
        <Button size="md" variant="default" onClick={onClose}><Trans>I have given it</Trans></Button>
      </div>
    </Stack>
  );
}
