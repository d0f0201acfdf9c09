// What a fact said before: each correction with its reason, who made it and when. And where two values stand: both, in
// full, until somebody settles it.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Popover, UnstyledButton } from '@mantine/core';
import { StateMark } from '../../../base/marks/StateMark';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';
import classes from './Facts.module.css';
import { type FactName, useFactWords } from './useFactWords';

export function FactHistory({ exhibit, field }: { exhibit: Exhibit; field: FactName }) {
  const { t } = useLingui();
  const format = useFormat();
  const { names, value } = useFactWords();
  const changes = exhibit.history.filter((change) => change.field === field);
  if (changes.length === 0) return null;
  const name = names[field];
  return (
    <Popover position="bottom-end" width={340} withinPortal>
      <Popover.Target>
        <UnstyledButton className={classes.link} aria-label={t`Earlier values: ${name}`}>
          <Plural value={changes.length} one="corrected" other="corrected # times" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <ol className={classes.history}>
          {changes.map((change, at) => {
            const who = change.by?.name ?? '';
            const when = format.dateTime(change.time);
            return (
              <li key={at}>
                <p>{value(field, change.value)}</p>
                <p className={classes.was}><Trans>before: {value(field, change.was)}</Trans></p>
                <p className={classes.reason}><bdi>{change.reason}</bdi></p>
                <p className="meta">{who ? <Trans><bdi>{who}</bdi>, {when}</Trans> : when}</p>
              </li>
            );
          })}
        </ol>
      </Popover.Dropdown>
    </Popover>
  );
}

export function TwoValues({ exhibit, field, onSettle }: { exhibit: Exhibit; field: FactName; onSettle?: (() => void) | undefined }) {
  const { value } = useFactWords();
  const values = exhibit.contested?.[field];
  if (!values) return null;
  return (
    <div className={classes.two}>
      <StateMark mark="conflict" strong />
      {values.map((one, at) => <p key={at}>{value(field, one)}</p>)}
      {onSettle && <UnstyledButton className={classes.settle} onClick={onSettle}><Trans>Settle this</Trans></UnstyledButton>}
    </div>
  );
}
