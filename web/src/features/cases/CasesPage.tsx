// The list of cases: what is open first, the newest change on top. The one button opens a case.
import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFolderPlus } from '@tabler/icons-react';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Keys } from '../../base/keys/Keys';
import { useKeys } from '../../base/keys/registry';
import { useTitle } from '../../base/page/Page';
import { useMe } from '../../base/session';
import { EmptyState } from '../../base/states/EmptyState';
import { DataTable } from '../../base/table/DataTable';
import { DensityControl } from '../../base/table/DensityControl';
import { ListPage } from '../../base/table/ListPage';
import { SearchField } from '../../base/table/SearchField';
import { useViews } from '../../base/views/useViews';
import { ViewsPanel } from '../../base/views/ViewsPanel';
import { CaseCard } from './list/CaseCard';
import { useCaseColumns } from './list/useCaseColumns';
import { casesQuery } from './queries';
import type { CasesSearch } from './routes';

const OpenCaseDialog = lazy(() => import('./list/OpenCaseDialog').then((module) => ({ default: module.OpenCaseDialog })));

/** Where there is no room for them beside the list. */
const ViewsMenu = lazy(() => import('../../base/views/ViewsMenu').then((module) => ({ default: module.ViewsMenu })));

export function CasesPage() {
  const { t } = useLingui();
  useTitle(t`Cases`);
  const me = useMe();
  const search = useSearch({ from: '/shell/cases' });
  const navigate = useNavigate({ from: '/cases' });
  const cases = useSuspenseInfiniteQuery(casesQuery(search));
  const columns = useCaseColumns();
  const change = (next: Partial<CasesSearch>) => void navigate({ search: (was) => ({ ...was, ...next }), replace: true });
  const { q, status, sort } = search;
  const views = useViews('cases', { q, status, sort });
  const roomy = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false });
  const show = { views, all: <Trans>Open cases</Trans>, onOpen: (sought: Partial<CasesSearch>) => void navigate({ search: sought, replace: true }) };
  const mayOpen = me.may['case.create'];
  useKeys(mayOpen ? [{ chord: ['KeyC'], label: msg`Open a case`, run: () => change({ open: true }) }] : []);

  const rows = cases.data.pages.flatMap((page) => page.items);
  const total = cases.data.pages[0]?.total ?? rows.length;
  const shown = rows.length;
  const open = mayOpen && (
    <Button leftSection={<IconFolderPlus size={18} stroke={1.7} />} rightSection={<Keys keys={['KeyC']} onFilled />} onClick={() => change({ open: true })}>
      <Trans>Open a case</Trans>
    </Button>
  );
  return (
    <>
      <ListPage
        title={<Trans>Cases</Trans>}
        meta={<Plural value={total} one="# case" other="# cases" />}
        views={roomy && <ViewsPanel {...show} />}
        actions={<><DensityControl />{open}</>}
        tools={
          <>
            <SearchField hint={t`Number, title, offence`} value={q} onSearch={(words) => change({ q: words || undefined })} />
            <SegmentedControl
              aria-label={t`Which cases`} value={search.status ?? 'open'}
              data={[
                { value: 'open', label: t({ message: 'Open', context: 'cases' }) },
                { value: 'closed', label: t({ message: 'Closed', context: 'cases' }) },
                { value: 'all', label: t({ message: 'All', context: 'cases' }) },
              ]}
              onChange={(status) => change({ status: status === 'open' ? undefined : (status as CasesSearch['status']) })}
            />
            {!roomy && <Suspense><ViewsMenu {...show} /></Suspense>}
          </>
        }
        foot={<Trans>{shown} of {total}</Trans>}
      >
        {rows.length === 0 ? (
          search.q || search.status === 'closed' ? (
            <EmptyState title={<Trans>No case goes by that</Trans>}><Trans>Search with fewer letters, or among all cases.</Trans></EmptyState>
          ) : (
            <EmptyState title={<Trans>No case yet</Trans>} action={open || undefined}>
              {mayOpen ? (
                <Trans>A case holds the evidence, the people who work on it and everything that was done. You see the cases that you work on.</Trans>
              ) : (
                <Trans>You see the cases that you work on. Somebody who works on one lets you in.</Trans>
              )}
            </EmptyState>
          )
        ) : (
          <DataTable
            label={t`Cases`} rows={rows} rowId={(one) => one.id} columns={columns} total={total}
            card={(one) => <CaseCard one={one} />}
            sort={sort ?? '-changed'} onSort={(by) => change({ sort: by as CasesSearch['sort'] })}
            onOpen={(one) => void navigate({ to: '/cases/$space', params: { space: one.id } })}
            onMore={cases.hasNextPage ? () => void cases.fetchNextPage() : undefined} loadingMore={cases.isFetchingNextPage}
          />
        )}
      </ListPage>
      {search.open && mayOpen && <Suspense><OpenCaseDialog onClose={() => change({ open: undefined })} /></Suspense>}
    </>
  );
}
