// An error: what is wrong, what was not lost, what to do; the request's id, so that whoever keeps the node finds it.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { MarkShape } from '../marks/StateMark';
import { Problem } from '../../api/problem';
import { Notice } from './Notice';
import { useProblemText } from './useProblemText';

interface Props {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** The way on, where trying again helps nobody. */
  onward?: ReactNode;
  children?: ReactNode;
}

export function ErrorState({ error, onRetry, onward, children }: Props) {
  const { title, text } = useProblemText(error);
  const requestId = error instanceof Problem ? error.requestId : undefined;
  return (
    <Notice
      kind="error"
      icon={<MarkShape mark="damaged" />}
      title={title}
      action={onward ?? (onRetry && <Button variant="default" onClick={onRetry}><Trans>Try again</Trans></Button>)}
    >
      <p>{text}</p>
      {children}
      {requestId && (
        <p className="meta"><Trans>Request <bdi dir="ltr" className="mono">{requestId}</bdi></Trans></p>
      )}
    </Notice>
  );
}
