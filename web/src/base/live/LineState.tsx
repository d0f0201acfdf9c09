// "Up to date", or since when there is no line. Said quietly in the top bar; the banner says the rest.
import { Trans } from '@lingui/react/macro';
import { IconCloudOff } from '@tabler/icons-react';
import { useFormat } from '../useFormat';
import { useLine } from './live';
import classes from './LineState.module.css';

export function LineState() {
  const line = useLine();
  const format = useFormat();
  if (line.open === undefined) return null;
  const since = format.time(line.since);
  return (
    <span className={classes.state} data-open={line.open} role="status">
      {line.open ? <span className={classes.dot} /> : <IconCloudOff size={16} stroke={1.7} />}
      <span className={classes.word}>{line.open ? <Trans>Up to date</Trans> : <Trans>No line since {since}</Trans>}</span>
    </span>
  );
}
