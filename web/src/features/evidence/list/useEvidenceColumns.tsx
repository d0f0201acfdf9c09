// The columns of the list: number, kind and title with how much there is, obtained, from, held by, seen by, use, state.
import { useLingui } from '@lingui/react';
import { Trans } from '@lingui/react/macro';
import { useMemo } from 'react';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { Handling } from '../../../base/parts/Handling';
import { tilesOf } from '../../../base/parts/parties';
import { StateTile, StateTiles, useTileKind } from '../../../base/parts/StateTiles';
import type { Column } from '../../../base/table/columns';
import { useFormat } from '../../../base/useFormat';
import { ExhibitState } from '../ExhibitState';
import type { ExhibitItem } from '../queries';
import { howWords } from '../words';
import classes from './EvidencePage.module.css';
import { ExhibitTitle } from './ExhibitTitle';

/** "Search, Marrow Quay 12 Nov": how, where, when. */
export function Obtained({ obtained }: Pick<ExhibitItem, 'obtained'>) {
  const { _ } = useLingui();
  const format = useFormat();
  const how = _(howWords[obtained.how]);
  const { where } = obtained;
  return (
    <>
      {where ? <Trans>{how}, <bdi>{where}</bdi></Trans> : how}{' '}
      {obtained.when && <bdi className={classes.quiet}>{format.shortDate(obtained.when)}</bdi>}
    </>
  );
}

/** Columns that a person may hide; number, title and state always stand. */
export const optional = ['size', 'obtained', 'from', 'held', 'seen', 'use', 'added'] as const;
export type Optional = (typeof optional)[number];

export function useEvidenceColumns(hidden: ReadonlySet<Optional>): Column<ExhibitItem>[] {
  const format = useFormat();
  const kindOf = useTileKind();
  return useMemo(() => {
    const all: Column<ExhibitItem>[] = [
      { id: 'number', header: <Trans>Number</Trans>, width: '84px', sortable: true, cell: ({ number }) => <ExhibitNumber>{number}</ExhibitNumber> },
      { id: 'title', header: <Trans>What it is</Trans>, names: true, sortable: true, cell: (exhibit) => <ExhibitTitle exhibit={exhibit} /> },
      { id: 'size', header: <Trans>Size</Trans>, width: '90px', sortable: true, align: 'end', cell: ({ size }) => format.bytes(size) },
      { id: 'obtained', header: <Trans>Obtained</Trans>, width: '22%', sortable: true, cell: ({ obtained }) => <Obtained obtained={obtained} /> },
      { id: 'added', header: <Trans>Taken in</Trans>, width: '110px', sortable: true, cell: ({ added }) => format.changed(added.time) },
      {
        id: 'from', header: <Trans>From</Trans>, width: '62px',
        cell: ({ number, seen_by, held_by }) => {
          const maker = seen_by.find(({ letter }) => number.startsWith(`${letter}-`)) ?? held_by;
          return <span title={maker.title}><StateTile code={maker.country} kind={kindOf(maker)} /></span>;
        },
      },
      { id: 'held', header: <Trans>Held by</Trans>, width: '132px', cell: ({ held_by }) => <span dir="auto" className={classes.cut} title={held_by.title}>{held_by.title}</span> },
      { id: 'seen', header: <Trans>Seen by</Trans>, width: '84px', cell: ({ seen_by }) => <StateTiles parties={tilesOf(seen_by)} inTable /> },
      { id: 'use', header: <Trans>Use</Trans>, width: '134px', cell: ({ conditions }) => <Handling use={conditions.use} /> },
      { id: 'state', header: <Trans>State</Trans>, width: '184px', cell: (exhibit) => <ExhibitState exhibit={exhibit} /> },
    ];
    return all.filter(({ id }) => !hidden.has(id as Optional));
  }, [format, kindOf, hidden]);
}
