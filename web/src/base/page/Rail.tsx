// The rail: where a person can go, each with its word. Under 960 px the same entries make the bar at the foot.
import { useLingui } from '@lingui/react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RailEntry } from '../feature';
import { useMe } from '../session';
import { LogoMark } from './Logo';
import classes from './Rail.module.css';

function Count({ useCount }: { useCount: () => number | undefined }) {
  const count = useCount();
  return count ? <span className={classes.count}>{count > 99 ? '99+' : count}</span> : null;
}

function Entry({ entry }: { entry: RailEntry }) {
  const { _ } = useLingui();
  return (
    <Link to={entry.to} className={classes.entry} activeOptions={{ exact: entry.to === '/' }} activeProps={{ 'aria-current': 'page' }}>
      <span className={classes.icon}>
        <entry.icon size={21} stroke={1.6} />
        {entry.useCount && <Count useCount={entry.useCount} />}
      </span>
      {_(entry.label)}
    </Link>
  );
}

interface Props {
  entries: readonly RailEntry[];
  /** The person's own menu, at the foot of the rail. */
  person: ReactNode;
  label: string;
}

export function Rail({ entries, person, label }: Props) {
  const me = useMe();
  const visible = entries.filter((entry) => entry.visible?.(me) ?? true).toSorted((a, b) => a.order - b.order);
  return (
    <nav className={classes.rail} aria-label={label}>
      <Link to="/" className={classes.logo} aria-label="Comity"><LogoMark size={30} /></Link>
      {visible.filter((entry) => !entry.foot).map((entry) => <Entry key={entry.to} entry={entry} />)}
      <span className={classes.space} />
      {visible.filter((entry) => entry.foot).map((entry) => <Entry key={entry.to} entry={entry} />)}
      {person}
    </nav>
  );
}

/** Five words at most: the narrow bar at the foot of a phone. */
export function FootBar({ entries, person, label }: Props) {
  const me = useMe();
  const visible = entries.filter((entry) => entry.visible?.(me) ?? true).toSorted((a, b) => a.order - b.order);
  return (
    <nav className={classes.foot} aria-label={label}>
      {visible.slice(0, 4).map((entry) => <Entry key={entry.to} entry={entry} />)}
      {person}
    </nav>
  );
}
