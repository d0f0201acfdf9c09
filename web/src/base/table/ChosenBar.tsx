// Raised while rows are chosen: how many, which, and the acts that are possible for all of them.
import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Keys } from '../keys/Keys';
import classes from './ChosenBar.module.css';

interface Props {
  count: number;
  /** Their numbers, as far as they fit. */
  names: string;
  onLetGo: () => void;
  children: ReactNode;
}

export function ChosenBar({ count, names, onLetGo, children }: Props) {
  if (count === 0) return null;
  return (
    <div className={classes.bar} role="toolbar">
      <b className="nowrap"><Plural value={count} one="# chosen" other="# chosen" /></b>
      <bdi className={classes.names}>{names}</bdi>
      <span className={classes.acts}>
        {children}
        <Button variant="subtle" onClick={onLetGo} rightSection={<Keys keys={['Escape']} />}><Trans>Let go</Trans></Button>
      </span>
    </div>
  );
}
