// What falls due later, or what this person waits for: a line each.
import { Trans } from '@lingui/react/macro';
import { IconFolder } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { StateMark } from '../../base/marks/StateMark';
import { useFormat } from '../../base/useFormat';
import type { TodayItem } from './queries';
import { useTodayWords } from './useTodayWords';
import classes from './Week.module.css';

/** @narrow: at the side of the page, in two lines. */
export function Week({ items, narrow }: { items: readonly TodayItem[]; narrow?: boolean }) {
  const words = useTodayWords();
  const format = useFormat();
  return (
    <ul className={classes.week} data-narrow={narrow || undefined}>
      {items.map((item) => {
        const due = item.when ? format.weekDay(item.when) : '';
        const overdue = item.when !== null && narrow && new Date(item.when) < new Date();
        return (
          <li key={`${item.code} ${item.action.href}`} className={classes.line}>
            <span className={classes.when}>{overdue ? <StateMark mark="waiting" tone="red">{due}</StateMark> : narrow && due ? <Trans>due {due}</Trans> : due}</span>
            <Link to={item.action.href} className={classes.what}>{words(item).title}</Link>
            {item.case && <span className={classes.case}><IconFolder size={16} stroke={1.6} /><bdi>{item.case.title}</bdi></span>}
          </li>
        );
      })}
    </ul>
  );
}
