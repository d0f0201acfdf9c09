// The tray, grouped: need you, on the way, waiting, taken in. Only the rows near the screen are drawn, so that ten
// thousand files are as quick as ten.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useFormat } from '../../../base/useFormat';
import classes from './Intake.module.css';
import type { Snapshot } from './tray/snapshot';
import type { Tray } from './tray/tray';
import type { TrayFile } from './tray/types';
import { TrayRow } from './TrayRow';

type GroupName = 'need' | 'moving' | 'waiting' | 'arrived';
type Row = { kind: 'head'; group: GroupName; count: number; more: boolean } | { kind: 'file'; file: TrayFile };

const few: Record<GroupName, number> = { need: 8, moving: 12, waiting: 4, arrived: 40 };

function rowsOf(shown: Snapshot, open: ReadonlySet<GroupName>): Row[] {
  return (['need', 'moving', 'waiting', 'arrived'] as const).flatMap((group): Row[] => {
    const files = shown[group];
    if (files.length === 0) return [];
    const all = open.has(group) || files.length <= few[group] + 2;
    const some = all ? files : files.slice(0, few[group]);
    return [{ kind: 'head', group, count: files.length, more: !all }, ...some.map((file): Row => ({ kind: 'file', file }))];
  });
}

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
  const rows = useMemo(() => rowsOf(shown, open), [shown, open]);
  const height = tall ? 60 : 33;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => {
      const row = rows[index]!;
      return row.kind === 'head' ? row.group : row.file.key;
    },
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  return (
    <div ref={scroller} className={classes.tray} tabIndex={0} role="region" aria-label={t`The tray`}>
      <ul className={classes.roll} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!;
          return (
            <li
              key={item.key} className={classes.placed} style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              aria-setsize={rows.length} aria-posinset={item.index + 1}
            >
              {row.kind === 'head' ? (
                <GroupHead row={row} onShow={() => setOpen((was) => new Set(was).add(row.group))}>
                  {row.group === 'need' && row.count > 1 && shown.need.some((file) => file.state === 'broken') && (
                    <UnstyledButton className={classes.show} onClick={() => void tray.goOnAll().then((absent) => absent && onChoose())}>
                      <Trans>Go on with all</Trans>
                    </UnstyledButton>
                  )}
                </GroupHead>
              ) : (
                <TrayRow tray={tray} file={row.file} onChoose={onChoose} />
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

function GroupHead({ row, onShow, children }: { row: Row & { kind: 'head' }; onShow: () => void; children?: ReactNode }) {
  const { t } = useLingui();
  const format = useFormat();
  const names: Record<GroupName, string> = { need: t`Need you`, moving: t`On the way`, waiting: t`Waiting`, arrived: t`Taken in` };
  return (
    <div className={classes.group}>
      <h2>{names[row.group]}</h2>
      <span>{format.number(row.count)}</span>
      <span className={classes.groupEnd}>
        {children}
        {row.more && <UnstyledButton className={classes.show} onClick={onShow}><Trans>Show all</Trans></UnstyledButton>}
      </span>
    </div>
  );
}
