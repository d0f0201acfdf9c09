// The keyboard cursor of a list: J K and arrows move it, Space looks, Enter opens, X chooses, Shift X up to here, Escape
// lets go. The row under the cursor has the focus, so that a screen reader follows.
import { msg } from '@lingui/core/macro';
import type { RowSelectionState } from '@tanstack/react-table';
import { type MouseEvent, useCallback, useRef, useState } from 'react';
import { useKeys } from '../keys/registry';

interface Options<Row> {
  rows: readonly Row[];
  rowId: (row: Row) => string;
  onOpen?: ((row: Row) => void) | undefined;
  onLook?: ((row: Row) => void) | undefined;
  /** The cursor came to another row: what is looked at follows. */
  onCursor?: ((row: Row) => void) | undefined;
  chosen?: RowSelectionState;
  onChoose?: ((chosen: RowSelectionState) => void) | undefined;
  scrollTo: (index: number) => void;
}

export function useRowKeys<Row>({ rows, rowId, onOpen, onLook, onCursor, chosen, onChoose, scrollTo }: Options<Row>) {
  const [cursor, setCursor] = useState(-1);
  const lastChosen = useRef(-1);
  const elements = useRef(new Map<number, HTMLElement>());
  const at = Math.min(cursor, rows.length - 1);

  const move = (step: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    setCursor(next);
    scrollTo(next);
    requestAnimationFrame(() => elements.current.get(next)?.focus());
  };
  const choose = (from: number, to: number, on: boolean) => {
    const next = { ...chosen };
    for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      if (on) next[rowId(row)] = true;
      else delete next[rowId(row)];
    }
    lastChosen.current = to;
    onChoose?.(next);
  };
  const here = rows[at];
  const onRow = (act: ((row: Row) => void) | undefined) => () => here !== undefined && act?.(here);

  useKeys([
    { chord: ['KeyJ'], label: msg`Next row`, run: () => move(1) },
    { chord: ['KeyK'], label: msg`Previous row`, run: () => move(at < 0 ? 1 : -1) },
    { chord: ['ArrowDown'], label: msg`Next row`, run: () => move(1), hidden: true },
    { chord: ['ArrowUp'], label: msg`Previous row`, run: () => move(at < 0 ? 1 : -1), hidden: true },
    ...(onOpen ? [{ chord: ['Enter'], label: msg`Open`, run: onRow(onOpen) }] : []),
    ...(onLook ? [{ chord: ['Space'], label: msg`Look`, run: onRow(onLook) }] : []),
    ...(onChoose
      ? [
          { chord: ['KeyX'], label: msg`Choose this row`, run: () => here !== undefined && choose(at, at, !chosen?.[rowId(here)]) },
          { chord: ['Shift+KeyX'], label: msg`Choose up to here`, run: () => here !== undefined && choose(Math.max(lastChosen.current, 0), at, true) },
        ]
      : []),
    ...(onChoose && Object.keys(chosen ?? {}).length > 0 ? [{ chord: ['Escape'], label: msg`Let go of what is chosen`, run: () => onChoose({}) }] : []),
  ]);

  const rowProps = useCallback(
    (index: number) => ({
      tabIndex: index === Math.max(at, 0) ? 0 : -1,
      ref: (element: HTMLElement | null) => void (element ? elements.current.set(index, element) : elements.current.delete(index)),
      onFocus() {
        setCursor(index);
        onCursor?.(rows[index]!);
      },
      onClick(event: MouseEvent) {
        if ((event.target as Element).closest('a, button, input, label')) return;
        if (window.getSelection()?.toString()) return; // somebody is copying text
        setCursor(index);
        onOpen?.(rows[index]!);
      },
    }),
    [at, onOpen, onCursor, rows],
  );
  return { cursor: at, rowProps };
}
