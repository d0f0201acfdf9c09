import { Trans, useLingui } from '@lingui/react/macro';
import { CloseButton, Transition, UnstyledButton } from '@mantine/core';
import { IconAlertCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { type Done, showDone, useDone } from './done';
import classes from './DoneBar.module.css';

/** The bar itself, as the marks page shows it too. */
export function DoneCard({ done }: { done: Done }) {
  const { t } = useLingui();
  const { takeBack } = done;
  return (
    <div className={classes.bar} data-error={done.error || undefined}>
      {done.error ? <IconAlertCircle size={18} stroke={1.8} /> : <IconCircleCheckFilled size={18} />}
      <span className={classes.text}>{done.text}</span>
      {takeBack && (
        <UnstyledButton className={classes.back} onClick={() => (showDone(null), takeBack())}><Trans>Take it back</Trans></UnstyledButton>
      )}
      {done.error && <CloseButton c="inherit" variant="transparent" onClick={() => showDone(null)} aria-label={t`Close`} />}
    </div>
  );
}

/** Stands at the foot of every page; read out when it changes. */
export function DoneBar() {
  const done = useDone();
  return (
    <div className={classes.place} role="status" aria-live={done?.error ? 'assertive' : 'polite'}>
      <Transition mounted={done !== null} transition="fade-up" duration={120} exitDuration={80}>
        {(style) => <div style={style}>{done && <DoneCard done={done} />}</div>}
      </Transition>
    </div>
  );
}
