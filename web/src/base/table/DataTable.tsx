// The one table of the app: sorting and paging by the API, rows chosen by key or click, a keyboard cursor, cards on
// narrow screens. What a row is and says comes from the page.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Table, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type RowSelectionState, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo, useRef } from 'react';
import { type Column, features, toDefinitions, toSorting } from './columns';
import classes from './DataTable.module.css';
import { HeaderCell } from './HeaderCell';
import type { ChangedRows } from './useChangedRows';
import { useRowKeys } from './useRowKeys';
import { useSteadyRows } from './useSteadyRows';
import { useWindowedRows } from './useWindowedRows';

export interface DataTableProps<Row extends object> {
  /** What the table lists, for those who hear it. */
  label: string;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** Under 768 px: number and state on one line, title, two facts. */
  card: (row: Row) => ReactNode;
  onOpen?: (row: Row) => void;
  /** Space: a look at it in the side panel. */
  onLook?: (row: Row) => void;
  /** The cursor came to another row: the side panel follows. */
  onCursor?: (row: Row) => void;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  /** Rows can be chosen where both are given. */
  chosen?: RowSelectionState;
  onChoose?: (chosen: RowSelectionState) => void;
  /** Loads the next page of the cursor; absent on the last one. */
  onMore?: (() => void) | undefined;
  loadingMore?: boolean;
  total?: number;
  /** Which rows changed by somebody else's hand (useChangedRows). */
  changes?: ChangedRows;
}

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rowId, columns, chosen, onChoose, sort, onSort, onMore } = props;
  const { t } = useLingui();
  const cards = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false });
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, waiting, show } = useSteadyRows(props.rows, rowId, sort, scroller);
  const definitions = useMemo(() => toDefinitions(columns), [columns]);
  const table = useTable({
    features,
    data: rows as Row[],
    columns: definitions,
    getRowId: rowId,
    manualSorting: true,
    enableMultiSort: false,
    enableSortingRemoval: false,
    enableRowSelection: Boolean(onChoose),
    state: { sorting: toSorting(sort), rowSelection: chosen ?? {} },
    onSortingChange(update) {
      const [first] = typeof update === 'function' ? update(toSorting(sort)) : update;
      if (first) onSort?.(`${first.desc ? '-' : ''}${first.id}`);
    },
    onRowSelectionChange: (update) => onChoose?.(typeof update === 'function' ? update(chosen ?? {}) : update),
  });
  const model = table.getRowModel().rows;
  const windowed = useWindowedRows(model.length, scroller);
  const { cursor, rowProps } = useRowKeys({ ...props, rows, scrollTo: windowed.scrollTo });
  const tick = (index: number) => {
    const row = model[index]!;
    return onChoose ? (
      <Checkbox
        size="sm" checked={row.getIsSelected()} onChange={row.getToggleSelectedHandler()} onClick={(event) => event.stopPropagation()}
        aria-label={t`Choose this row`} className={classes.tick}
      />
    ) : null;
  };

  return (
    <div ref={scroller} className={classes.scroller}>
      {waiting > 0 && (
        <UnstyledButton className={classes.waiting} onClick={show}>
          <Plural value={waiting} one="# new, show" other="# new, show" />
        </UnstyledButton>
      )}
      {cards ? (
        <ul className={classes.cards} aria-label={props.label}>
          {model.map((row, index) => (
            <li key={row.id} className={classes.card} data-chosen={row.getIsSelected() || undefined}>
              {tick(index)}
              <div className={classes.cardBody}>{props.card(row.original)}</div>
            </li>
          ))}
        </ul>
      ) : (
        <Table className={classes.table} aria-label={props.label} aria-rowcount={props.total ?? model.length} withRowBorders={false} verticalSpacing={0} horizontalSpacing="var(--cell)">
          <Table.Thead className={classes.head}>
            {table.getHeaderGroups().map((group) => (
              <Table.Tr key={group.id}>
                {onChoose && (
                  <Table.Th className={classes.tickCell}>
                    <Checkbox
                      size="sm" checked={table.getIsAllRowsSelected()} indeterminate={table.getIsSomeRowsSelected()}
                      onChange={table.getToggleAllRowsSelectedHandler()} aria-label={t`Choose all rows`}
                    />
                  </Table.Th>
                )}
                {group.headers.map((header) => <HeaderCell key={header.id} header={header} label={<table.FlexRender header={header} />} />)}
              </Table.Tr>
            ))}
          </Table.Thead>
          <Table.Tbody>
            {windowed.before > 0 && <tr aria-hidden><td className={classes.gap} style={{ height: windowed.before }} /></tr>}
            {windowed.indexes.map((index) => {
              const row = model[index]!;
              return (
                <Table.Tr
                  key={row.id} className={classes.row} aria-rowindex={index + 1} data-changed={props.changes?.changed.has(row.id) || undefined}
                  onPointerEnter={() => props.changes?.seen(row.id)} data-chosen={row.getIsSelected() || undefined}
                  data-cursor={cursor === index || undefined} data-open={props.onOpen ? true : undefined} {...rowProps(index)}
                >
                  {onChoose && <Table.Td className={classes.tickCell}>{tick(index)}</Table.Td>}
                  {row.getVisibleCells().map((cell) => {
                    const { align, names } = cell.column.columnDef.meta ?? {};
                    const Cell = names ? Table.Th : Table.Td;
                    return (
                      <Cell key={cell.id} data-align={align} scope={names ? 'row' : undefined} className={classes.cell}>
                        <table.FlexRender cell={cell} />
                      </Cell>
                    );
                  })}
                </Table.Tr>
              );
            })}
            {windowed.after > 0 && <tr aria-hidden><td className={classes.gap} style={{ height: windowed.after }} /></tr>}
          </Table.Tbody>
        </Table>
      )}
      {onMore && (
        <div className={classes.more}>
          <Button variant="default" loading={props.loadingMore ?? false} onClick={onMore}><Trans>Show more</Trans></Button>
        </div>
      )}
    </div>
  );
}
