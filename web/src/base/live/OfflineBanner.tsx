// No line to the node: said once, on top, with what goes on and what waits. Short breaks are not worth a banner.
import { Trans } from '@lingui/react/macro';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Notice } from '../states/Notice';
import { useFormat } from '../useFormat';
import { useLine } from './live';

const patience = 4000;

export function OfflineBanner() {
  const line = useLine();
  const format = useFormat();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (line.open !== false) return setShown(false);
    const timer = setTimeout(() => setShown(true), patience);
    return () => clearTimeout(timer);
  }, [line.open]);
  if (!shown) return null;
  const since = format.time(line.since);
  return (
    <Notice kind="offline" icon={<IconCloudOff size={18} stroke={1.7} />} title={<Trans>No line since {since}</Trans>} banner>
      <Trans>You can read what is open. Files go on by themselves when the line is back.</Trans>
    </Notice>
  );
}
