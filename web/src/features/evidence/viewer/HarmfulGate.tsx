// Harmful material is not fetched until somebody asks for it with a reason, and then shown for sixty seconds: afterwards
// it is blurred and silent again. Each showing is a reading of its own.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { MarkShape } from '../../../base/marks/StateMark';
import { ErrorState } from '../../../base/states/ErrorState';
import { Notice } from '../../../base/states/Notice';
import { useFormat } from '../../../base/useFormat';
import { read, type Reading } from './readings';
import { addSeen, seenToday } from './seenTime';
import classes from './Viewer.module.css';

const shownFor = 60;

interface Props {
  space: string;
  exhibit: string;
  file: number;
  onRead: (at: number) => void;
  children: (reading: Reading, hidden: boolean) => ReactNode;
}

export function HarmfulGate({ space, exhibit, file, onRead, children }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const [left, setLeft] = useState(0);
  const [seen, setSeen] = useState(seenToday);
  const show = useMutation({
    mutationFn: () => read({ space, exhibit, files: [file], what: 'opened', reason: reason.trim() }),
    onSuccess(reading) {
      setLeft(shownFor);
      onRead(reading.at);
    },
  });
  const shown = left > 0;
  useEffect(() => {
    if (!shown) return;
    const timer = setInterval(() => {
      setLeft((seconds) => Math.max(0, seconds - 1));
      if (!document.hidden) setSeen(addSeen(1));
    }, 1000);
    return () => clearInterval(timer);
  }, [shown]);
  const minutes = format.span(Math.max(60_000, seen * 1000));
  return (
    <div className={classes.gate} data-hidden={!shown || undefined}>
      {show.data && <div className={classes.gated} aria-hidden={!shown} inert={!shown}>{children(show.data, !shown)}</div>}
      {shown ? (
        <p className={classes.left} role="timer">
          <MarkShape mark="harmful" size={14} /> <Trans>{left} s</Trans>
          <Button variant="default" size="xs" onClick={() => setLeft(0)}><Trans>Cover it</Trans></Button>
        </p>
      ) : (
        <form className={classes.ask} onSubmit={(event) => (event.preventDefault(), show.mutate())}>
          <Notice kind="violet" icon={<MarkShape mark="harmful" />} title={<Trans>This may show abuse of children</Trans>}>
            <p><Trans>It is shown for 60 seconds when you ask for it, without sound until you start it. Your reason and your name are recorded.</Trans></p>
            {show.error && <ErrorState error={show.error} />}
            <Textarea
              mt={12} label={t`Why it must be seen`} value={reason} required autosize minRows={2} maxLength={1000}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <Button type="submit" mt={12} loading={show.isPending} disabled={!reason.trim()}><Trans>Show for 60 seconds</Trans></Button>
            {seen > 0 && <p className={classes.seen}><Trans>You have looked at such material for {minutes} today. Nobody but you is told.</Trans></p>}
          </Notice>
        </form>
      )}
    </div>
  );
}
