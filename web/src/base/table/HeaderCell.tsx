// A column's heading; where the column can be sorted it is a button that says how.
import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Header } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { Features } from './columns';
import classes from './DataTable.module.css';

export function HeaderCell<Row extends object>({ header, label }: { header: Header<Features, Row, unknown>; label: ReactNode }) {
  const { column } = header;
  const sorted = column.getIsSorted();
  const { align, width } = column.columnDef.meta ?? {};
  return (
    <Table.Th
      scope="col" data-align={align} className={classes.heading} style={width ? { width } : undefined}
      aria-sort={sorted ? (sorted === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {column.getCanSort() ? (
        <UnstyledButton className={classes.sort} onClick={column.getToggleSortingHandler()}>
          {label}
          {sorted === 'asc' && <IconArrowUp size={14} stroke={1.8} />}
          {sorted === 'desc' && <IconArrowDown size={14} stroke={1.8} />}
        </UnstyledButton>
      ) : (
        label
      )}
    </Table.Th>
  );
}
