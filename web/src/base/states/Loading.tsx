// Loading: nothing for 300 ms (the router waits so long), then grey lines in the shape of the content, still; after five
// seconds a sentence.
import { Trans } from '@lingui/react/macro';
import { Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Page } from '../page/Page';
import classes from './Loading.module.css';

/** Grey lines; @rows as many as the content will have at most on a screen. @now: somebody has waited already. */
export function Loading({ rows = 6, now = false }: { rows?: number; now?: boolean }) {
  const [shown, setShown] = useState(now);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timers = [setTimeout(() => setShown(true), 300), setTimeout(() => setSlow(true), 5000)];
    return () => timers.forEach(clearTimeout);
  }, []);
  if (!shown) return null;
  return (
    <div role="status" className={classes.lines}>
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} className={classes.line} animate={false} height={14} width={`${[62, 88, 74, 91, 56, 80][at % 6]}%`} />
      ))}
      {slow && <p><Trans>The node takes longer than usual. It is still at work.</Trans></p>}
    </div>
  );
}

export function LoadingPage() {
  return <Page><Loading now /></Page>;
}
