import { Trans, useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import type { Column } from '../../../base/table/columns';
import { useFormat } from '../../../base/useFormat';
import { AccountState } from './AccountState';
import { useRoleList } from './useRoleList';
import type { Person } from './queries';

export function usePeopleColumns(): Column<Person>[] {
  const { t } = useLingui();
  const format = useFormat();
  const roleList = useRoleList();
  return useMemo(
    () => [
      { id: 'name', header: <Trans>Name</Trans>, names: true, sortable: true, cell: (person) => <bdi>{person.name}</bdi> },
      { id: 'office', header: <Trans>Office</Trans>, cell: (person) => <bdi>{person.title}</bdi> },
      { id: 'body', header: <Trans>Body</Trans>, cell: (person) => <bdi>{person.affiliation}</bdi> },
      { id: 'roles', header: <Trans>Roles</Trans>, cell: (person) => (person.machine ? t`machine` : roleList(person)) },
      { id: 'passkeys', header: <Trans>Passkeys</Trans>, width: '84px', align: 'end', cell: (person) => (person.machine ? '–' : format.number(person.passkeys)) },
      { id: 'seen', header: <Trans>Last here</Trans>, width: '130px', cell: (person) => (person.last_seen ? format.changed(person.last_seen) : '–') },
      { id: 'created', header: <Trans>Since</Trans>, width: '130px', sortable: true, cell: (person) => format.shortDate(person.created) },
      { id: 'state', header: <Trans>State</Trans>, width: '170px', cell: (person) => <AccountState person={person} /> },
    ],
    [t, format, roleList],
  );
}
