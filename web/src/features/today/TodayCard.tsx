// One thing that needs this person: when, what and why, one button. The most urgent has the amber edge and the one
// filled button.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Keys } from '../../base/keys/Keys';
import { MarkShape } from '../../base/marks/StateMark';
import { ButtonLink } from '../../base/parts/ButtonLink';
import { useFormat } from '../../base/useFormat';
import { type TodayItem, useLetGo } from './queries';
import classes from './TodayCard.module.css';
import { useTodayWords } from './useTodayWords';

interface Props {
  item: TodayItem;
  /** The first of the page, and urgent. */
  first: boolean;
  cursor: boolean;
  place: (element: HTMLElement | null) => void;
  onFocus: () => void;
}

export function TodayCard({ item, first, cursor, place, onFocus }: Props) {
  const words = useTodayWords()(item);
  const letGo = useLetGo();
  return (
    <li
      ref={place} className={classes.item} data-urgent={first || undefined} data-cursor={cursor || undefined} tabIndex={cursor ? 0 : -1}
      onFocus={onFocus}
    >
      <When item={item} urgent={first} />
      <div className={classes.what}>
        <p className={classes.title}>{words.title}</p>
        <p className={classes.why}>{words.why}</p>
        {item.case && (
          <p className={classes.case}>
            <IconFolder size={16} stroke={1.6} />
            <Link to="/cases/$space" params={{ space: item.case.id }} className={classes.quiet}><bdi>{item.case.title}</bdi></Link>
            <bdi dir="ltr" className="nowrap">{item.case.reference}</bdi>
          </p>
        )}
      </div>
      <div className={classes.act}>
        <ButtonLink to={item.action.href} variant={first ? 'filled' : 'default'}>{words.button}</ButtonLink>
        <span className={cursor ? undefined : classes.unseen}><Keys keys={['Enter']} /></span>{/* its room is kept: nothing moves under the pointer */}
        {item.notice && (
          <Button variant="subtle" size="xs" loading={letGo.isPending} onClick={() => letGo.mutate(item.notice!)}><Trans>Do not show it again</Trans></Button>
        )}
      </div>
    </li>
  );
}

function When({ item, urgent }: { item: TodayItem; urgent: boolean }) {
  const format = useFormat();
  if (!item.when) return <div className={classes.when}><p><Trans>Now</Trans></p></div>;
  const at = new Date(item.when);
  const left = at.getTime() - Date.now();
  const clock = format.time(at);
  if (left <= 0) {
    return (
      <div className={classes.when}>
        <p>{format.day(at)}</p>
        <p className={classes.clock}><Trans>since {clock}</Trans></p>
      </div>
    );
  }
  const span = format.span(left);
  return (
    <div className={classes.when} data-urgent={urgent || undefined}>
      <p>{urgent ? <Trans>Before {clock}</Trans> : format.day(at)}</p>
      <p className={classes.clock}>{urgent && <MarkShape mark="waiting" size={13} />} <Trans>{span} left</Trans></p>
    </div>
  );
}
