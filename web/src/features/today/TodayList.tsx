// The card of what needs this person. J and K move, Enter does what the button says.
import { msg } from '@lingui/core/macro';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useKeys } from '../../base/keys/registry';
import type { TodayItem } from './queries';
import { TodayCard } from './TodayCard';
import classes from './TodayCard.module.css';

export function TodayList({ items, label }: { items: readonly TodayItem[]; label: string }) {
  const navigate = useNavigate();
  const places = useRef<(HTMLElement | null)[]>([]);
  const [cursor, setCursor] = useState(-1);
  const move = (step: number) => {
    const next = Math.max(0, Math.min(items.length - 1, cursor + step));
    setCursor(next);
    places.current[next]?.focus();
  };
  const open = () => {
    const item = items[cursor];
    if (item) void navigate({ href: item.action.href });
  };
  useKeys([
    { chord: ['KeyJ'], label: msg`Next`, run: () => move(1) },
    { chord: ['KeyK'], label: msg`Previous`, run: () => move(-1) },
    { chord: ['ArrowDown'], label: msg`Next`, run: () => move(1), hidden: true },
    { chord: ['ArrowUp'], label: msg`Previous`, run: () => move(-1), hidden: true },
    { chord: ['Enter'], label: msg`Do it`, run: open },
  ]);
  return (
    <ul className={classes.items} aria-label={label}>
      {items.map((item, at) => (
        <TodayCard
          key={`${item.code} ${item.action.href} ${item.when}`} item={item} first={at === 0 && item.urgent} cursor={at === cursor}
          place={(element) => { places.current[at] = element; }} onFocus={() => setCursor(at)}
        />
      ))}
    </ul>
  );
}
