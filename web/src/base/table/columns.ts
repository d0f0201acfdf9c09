// Columns as data. `id` is the name that the API sorts by, where a column can be sorted.
import { columnVisibilityFeature, createColumnHelper, rowSelectionFeature, rowSortingFeature, tableFeatures } from '@tanstack/react-table';
import type { ReactNode } from 'react';

interface Meta {
  align?: 'end';
  /** CSS width; a column without one shares what is left. */
  width?: string;
  /** The cell that names its row: read out as the row's heading. */
  names?: boolean;
}

export const features = tableFeatures({ rowSelectionFeature, rowSortingFeature, columnVisibilityFeature, columnMeta: {} as Meta });
export type Features = typeof features;

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Sorts by this column; true where the first click sorts ascending. */
  sortable?: boolean;
  align?: 'end';
  width?: string;
  names?: boolean;
}

/** Our short form of a column as TanStack Table takes it. */
export function toDefinitions<Row extends object>(columns: readonly Column<Row>[]) {
  const helper = createColumnHelper<Features, Row>();
  return columns.map(({ id, header, cell, sortable, ...meta }) =>
    helper.display({
      id,
      header: () => header,
      cell: ({ row }) => cell(row.original),
      enableSorting: sortable ?? false,
      meta,
    }),
  );
}

/** "-changed" is how the API, and the address bar, write "by last change, newest first". */
export function toSorting(sort: string | undefined): { id: string; desc: boolean }[] {
  if (!sort) return [];
  return [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }];
}
