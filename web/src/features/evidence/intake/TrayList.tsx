// The tray, grouped: need you, on the way, waiting, taken in. Only the rows near the screen are drawn, so that ten
// thousand files are as quick as ten.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useFormat } from '../../../base/useFormat';
import classes from './Tray.module.css';
import type { Snapshot } from './tray/snapshot';
import type { Tray } from './tray/tray';
import type { TrayFile } from './tray/types';
import { TrayRow } from './TrayRow';

type GroupName = 'need' | 'moving' | 'waiting' | 'arrived' | 'leftOut';
interface Part {
  group: GroupName;
  files: TrayFile[];
  /** How many of them are shown. */
  some: number;
}

const few: Record<GroupName, number> = { need: 8, moving: 12, waiting: 4, arrived: 40, leftOut: 4 };

function partsOf(shown: Snapshot, open: ReadonlySet<GroupName>): Part[] {
  return (['need', 'moving', 'waiting', 'arrived', 'leftOut'] as const)
    .map((group) => {
      const files = shown[group];
      return { group, files, some: open.has(group) || files.length <= few[group] + 2 ? files.length : few[group] };
    })
    .filter(({ files }) => files.length > 0);
}

/** The row at @index: a group's head, or a file. Nothing is made for rows that nobody sees. */
function rowAt(parts: readonly Part[], index: number): Part | TrayFile | undefined {
  for (const part of parts) {
    if (index === 0) return part;
    if (index <= part.some) return part.files[index - 1];
    index -= part.some + 1;
  }
  return undefined;
}

/** A row is drawn anew when one of these has changed. */
const stampOf = ({ state, sent, rate, cause, retrying, leftOut, kept, sha256, size }: TrayFile): string =>
  [state, sent, Math.round(rate), cause, retrying, leftOut, kept, sha256, size].join();

interface Props {
  tray: Tray;
  shown: Snapshot;
  onChoose: () => void;
}

export function TrayList({ tray, shown, onChoose }: Props) {
  const { t } = useLingui();
  const [open, setOpen] = useState<ReadonlySet<GroupName>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const tall = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false });
  const parts = partsOf(shown, open);
  const count = parts.reduce((sum, { some }) => sum + some + 1, 0);
  const heightOf = (index: number): number => {
    const row = rowAt(parts, index);
    if (!tall || !row) return 33;
    if ('group' in row) return 40;
    return row.state === 'broken' || (row.duplicate && !row.kept && !row.leftOut) ? 100 : 60;
  };
  const heights = useRef(heightOf);
  heights.current = heightOf;
  const shape = parts.map(({ group, some }) => `${group}${some}`).join();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback((index: number) => heights.current(index), []),
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, tall, shape]);
  return (
    <div ref={scroller} className={classes.tray} tabIndex={0} role="region" aria-label={t`The tray`}>
      <ul className={classes.roll} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rowAt(parts, item.index);
          if (!row) return null;
          return (
            <li
              key={'group' in row ? row.group : row.key} className={classes.placed} style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              aria-setsize={count} aria-posinset={item.index + 1}
            >
              {'group' in row ? (
                <GroupHead part={row} onShow={() => setOpen((was) => new Set(was).add(row.group))}>
                  {row.group === 'need' && row.files.length > 1 && row.files.some((file) => file.state === 'broken') && (
                    <UnstyledButton className={classes.show} onClick={() => void tray.goOnAll().then((absent) => absent && onChoose())}>
                      <Trans>Go on with all</Trans>
                    </UnstyledButton>
                  )}
                </GroupHead>
              ) : (
                <TrayRow tray={tray} file={row} stamp={stampOf(row)} onChoose={onChoose} />
              )}
            </li>
          );
        })}
      </ul>
      {shown.gathering && <p className={classes.looking} role="status"><Trans>Looking into the folders.</Trans></p>}
      {shown.twice > 0 && (
        <p className={classes.looking}>
          <Plural value={shown.twice} one="# file lay here already and was not added twice." other="# files lay here already and were not added twice." />
        </p>
      )}
    </div>
  );
}

function GroupHead({ part, onShow, children }: { part: Part; onShow: () => void; children?: ReactNode }) {
  const { t } = useLingui();
  const format = useFormat();
  const names: Record<GroupName, string> = { need: t`Need you`, moving: t`On the way`, waiting: t`Waiting`, arrived: t`Taken in`, leftOut: t`Left out` };
  return (
    <div className={classes.group}>
      <h2>{names[part.group]}</h2>
      <span>{format.number(part.files.length)}</span>
      <span className={classes.groupEnd}>
        {children}
        {part.some < part.files.length && <UnstyledButton className={classes.show} onClick={onShow}><Trans>Show all</Trans></UnstyledButton>}
      </span>
    </div>
  );
}
