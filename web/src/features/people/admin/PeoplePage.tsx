// Everybody with an account here. A row opens the person's panel; the one button invites.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Select } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { msg } from '@lingui/core/macro';
import { useState } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { useTitle } from '../../../base/page/Page';
import { EmptyState } from '../../../base/states/EmptyState';
import { DataTable } from '../../../base/table/DataTable';
import { ListPage } from '../../../base/table/ListPage';
import { SearchField } from '../../../base/table/SearchField';
import type { PeopleSearch } from '../routes';
import { AdminTabs } from './AdminTabs';
import { InviteDialog } from './InviteDialog';
import { PersonCard } from './PersonCard';
import { PersonPanel } from './PersonPanel';
import { peopleQuery } from './queries';
import { usePeopleColumns } from './usePeopleColumns';

export function PeoplePage() {
  const { t } = useLingui();
  useTitle(t`People`);
  const search = useSearch({ from: '/shell/people' });
  const navigate = useNavigate({ from: '/people' });
  const people = useSuspenseInfiniteQuery(peopleQuery(search));
  const columns = usePeopleColumns();
  const [inviting, setInviting] = useState(false);
  const change = (next: Partial<PeopleSearch>) => void navigate({ search: (was) => ({ ...was, ...next }), replace: true });
  useKeys([{ chord: ['KeyC'], label: msg`Invite a person`, run: () => setInviting(true) }]);

  const rows = people.data.pages.flatMap((page) => page.items);
  const total = people.data.pages[0]?.total ?? rows.length;
  const shown = rows.length;
  return (
    <AdminTabs>
      <ListPage
        title={<Trans>People</Trans>}
        meta={<Plural value={total} one="# account" other="# accounts" />}
        actions={
          <Button leftSection={<IconUserPlus size={18} stroke={1.7} />} rightSection={<Keys keys={['KeyC']} onFilled />} onClick={() => setInviting(true)}>
            <Trans>Invite a person</Trans>
          </Button>
        }
        tools={
          <>
            <SearchField hint={t`Name, office, body`} value={search.q} onSearch={(q) => change({ q: q || undefined })} />
            <Select
              aria-label={t`State of the account`} w={180} value={search.state ?? 'all'}
              data={[
                { value: 'all', label: t`Every account` },
                { value: 'active', label: t({ message: 'Active', context: 'account' }) },
                { value: 'invited', label: t({ message: 'Invited', context: 'account' }) },
                { value: 'disabled', label: t({ message: 'Closed', context: 'account' }) },
              ]}
              onChange={(state) => change({ state: state === 'all' ? undefined : (state as PeopleSearch['state']) })}
            />
          </>
        }
        foot={<Trans>{shown} of {total}</Trans>}
      >
        {rows.length === 0 ? (
          <EmptyState title={<Trans>Nobody goes by that</Trans>}><Trans>Search with fewer letters, or for every account.</Trans></EmptyState>
        ) : (
          <DataTable
            label={t`People`} rows={rows} rowId={(person) => person.id} columns={columns} total={total}
            card={(person) => <PersonCard person={person} />}
            sort={search.sort ?? 'name'} onSort={(sort) => change({ sort: sort as PeopleSearch['sort'] })}
            onOpen={(person) => change({ person: person.id })}
            onMore={people.hasNextPage ? () => void people.fetchNextPage() : undefined} loadingMore={people.isFetchingNextPage}
          />
        )}
      </ListPage>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
      {search.person && <PersonPanel person={search.person} onClose={() => change({ person: undefined })} />}
    </AdminTabs>
  );
}
