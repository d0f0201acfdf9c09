import { Trans, useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import { StateMark } from '../../../base/marks/StateMark';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { StateTiles } from '../../../base/parts/StateTiles';
import { Tag } from '../../../base/parts/Tag';
import type { Case } from '../../../base/space';
import type { Column } from '../../../base/table/columns';
import { useFormat } from '../../../base/useFormat';

export const tilesOf = (one: Case) => one.parties.map(({ node, title, country }) => ({ node, title, code: country }));

/** Open cases are plain: order is quiet. */
export function CaseState({ one }: { one: Case }) {
  if (one.contested) return <StateMark mark="conflict" strong />;
  return one.status === 'closed' ? <Tag><Trans context="case">Closed</Trans></Tag> : <Trans context="case">Open</Trans>;
}

export function useCaseColumns(): Column<Case>[] {
  const { t } = useLingui();
  const format = useFormat();
  return useMemo(
    () => [
      { id: 'reference', header: <Trans>Number</Trans>, width: '160px', sortable: true, cell: (one) => <ExhibitNumber>{one.reference}</ExhibitNumber> },
      { id: 'title', header: <Trans>Case</Trans>, names: true, sortable: true, cell: (one) => <bdi>{one.title}</bdi> },
      { id: 'offence', header: <Trans>Offence</Trans>, cell: (one) => <bdi>{one.offence}</bdi> },
      { id: 'states', header: <Trans>Seen by</Trans>, width: '120px', cell: (one) => <StateTiles parties={tilesOf(one)} inTable /> },
      { id: 'exhibits', header: <Trans>Exhibits</Trans>, width: '84px', align: 'end', cell: (one) => format.number(one.exhibits) },
      { id: 'members', header: <Trans>People</Trans>, width: '84px', align: 'end', cell: (one) => format.number(one.members) },
      { id: 'status', header: <Trans>State</Trans>, width: '120px', sortable: true, cell: (one) => <CaseState one={one} /> },
      { id: 'changed', header: <Trans>Changed</Trans>, width: '120px', sortable: true, cell: (one) => <span title={t`Changed`}>{format.changed(one.changed)}</span> },
    ],
    [t, format],
  );
}
