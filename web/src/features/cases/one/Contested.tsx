// Two values stand that do not know of each other: both in full, and the way to settle it.
import { Trans } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { StateMark } from '../../../base/marks/StateMark';
import classes from './Contested.module.css';

export function Contested({ contested, onSettle }: { contested: Record<string, unknown[]>; onSettle: (() => void) | undefined }) {
  return (
    <section className={classes.contested}>
      <StateMark mark="conflict" strong />
      {Object.entries(contested).map(([field, values]) => (
        <ul key={field} className={classes.values}>
          {values.map((value, at) => <li key={at}><bdi>{String(value)}</bdi></li>)}
        </ul>
      ))}
      {onSettle && <UnstyledButton className={classes.settle} onClick={onSettle}><Trans>Settle this</Trans></UnstyledButton>}
    </section>
  );
}
