// The exhibits of a case. A row opens the exhibit; Space looks at it beside the list; chosen rows raise the acts that
// are possible for all of them. Files dropped anywhere are taken in.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconPackageExport, IconUpload } from '@tabler/icons-react';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { RowSelectionState } from '@tanstack/react-table';
import { useCallback, useState } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { useTitle } from '../../../base/page/Page';
import { ButtonLink } from '../../../base/parts/ButtonLink';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useCase } from '../../../base/space';
import { EmptyState } from '../../../base/states/EmptyState';
import { ChosenBar } from '../../../base/table/ChosenBar';
import { DataTable } from '../../../base/table/DataTable';
import { ListPage } from '../../../base/table/ListPage';
import { useChangedRows } from '../../../base/table/useChangedRows';
import { useViews } from '../../../base/views/useViews';
import { ViewsMenu } from '../../../base/views/ViewsMenu';
import { DropToTray } from '../intake/DropToTray';
import { evidenceQuery, type EvidenceSearch, type ExhibitItem } from '../queries';
import { ColumnsMenu } from './ColumnsMenu';
import classes from './EvidencePage.module.css';
import { ExhibitCard } from './ExhibitCard';
import { Filters } from './Filters';
import { LookPanel } from './LookPanel';
import { type Optional, optional, useEvidenceColumns } from './useEvidenceColumns';
import { useHiddenColumns } from './useHiddenColumns';
import { useSortWords } from './useSortWords';

/** Beside the list an exhibit says all this itself, and its title needs the room. */
const saidBeside: ReadonlySet<Optional> = new Set(optional);

const rowId = (exhibit: ExhibitItem) => exhibit.id;

export function EvidencePage() {
  const { t } = useLingui();
  const { id: space, reference, may } = useCase();
  useTitle(t`Evidence in ${reference}`);
  const search = useSearch({ from: '/shell/cases/$space/evidence' });
  const navigate = useNavigate({ from: '/cases/$space/evidence' });
  const list = useSuspenseInfiniteQuery(evidenceQuery(space, search));
  const { hidden, toggle, hiddenText, show } = useHiddenColumns();
  const views = useViews('evidence', { ...search, hidden: hiddenText });
  const changes = useChangedRows('evidence.changed', space, 'reading.made');
  const [chosen, setChosen] = useState<RowSelectionState>({});
  const [looked, setLooked] = useState<string>();
  const columns = useEvidenceColumns(looked === undefined ? hidden : saidBeside);
  const sort = search.sort ?? '-number';
  const sortWords = useSortWords(sort);

  const change = (next: Partial<EvidenceSearch>) => void navigate({ search: (was) => ({ ...was, ...next }), replace: true });
  const open = useCallback(
    ({ id }: ExhibitItem) => void navigate({ to: '/cases/$space/evidence/$exhibit', params: { space, exhibit: id } }),
    [navigate, space],
  );
  const rows = list.data.pages.flatMap((page) => page.items);
  const total = list.data.pages[0]?.total ?? rows.length;
  const shown = rows.length;
  const picked = rows.filter(({ id }) => chosen[id]);
  const filtered = search.q !== undefined || search.type !== undefined || search.sealed !== undefined;
  const addButton = may.add_evidence && (
    <ButtonLink
      to="/cases/$space/intake" params={{ space }} leftSection={<IconUpload size={18} stroke={1.7} />} rightSection={<Keys keys={['KeyU']} onFilled />}
    >
      <Trans>Add files</Trans>
    </ButtonLink>
  );

  return (
    <ListPage
      heading={t`Evidence in ${reference}`} choosing looking
      tools={
        <>
          <Filters search={search} onChange={change} />
          <span className={classes.acts}>
            <ViewsMenu
              views={views} all={<Trans>All evidence</Trans>}
              onOpen={({ hidden: columns, ...sought }) => (show(columns), void navigate({ search: sought as EvidenceSearch, replace: true }))}
            />
            <ColumnsMenu hidden={hidden} onToggle={toggle} />
            {addButton}
          </span>
        </>
      }
      foot={<Trans>{shown} of {total}, {sortWords}</Trans>}
      chosenBar={
        <ChosenBar count={picked.length} names={picked.map(({ number }) => unbroken(number)).join(', ')} onLetGo={() => setChosen({})}>
          {may.export && (
            <Button
              variant="default" leftSection={<IconPackageExport size={18} stroke={1.7} />}
              onClick={() => void navigate({ to: '/cases/$space/exports', params: { space }, search: { exhibits: picked.map(rowId).join(',') } })}
            >
              <Plural value={picked.length} one="Export # exhibit" other="Export # exhibits" />
            </Button>
          )}
        </ChosenBar>
      }
    >
      {may.add_evidence && <DropToTray space={space} />}
      {rows.length === 0 ? (
        filtered ? (
          <EmptyState title={<Trans>No exhibit is like that</Trans>}><Trans>Search with fewer letters, or for every kind.</Trans></EmptyState>
        ) : (
          <EmptyState title={<Trans>No evidence yet</Trans>} action={addButton || undefined}>
            <Trans>Drop files anywhere on this page, or choose them.</Trans>
          </EmptyState>
        )
      ) : (
        <div className={classes.split}>
          <DataTable
            label={t`Evidence`} rows={rows} rowId={rowId} columns={columns} total={total} changes={changes}
            card={(exhibit) => <ExhibitCard exhibit={exhibit} />}
            sort={sort} onSort={(next) => change({ sort: next as EvidenceSearch['sort'] })}
            chosen={chosen} onChoose={setChosen} onOpen={open}
            onLook={({ id }) => setLooked((was) => (was === id ? undefined : id))}
            onCursor={({ id }) => setLooked((was) => (was === undefined ? was : id))}
            onMore={list.hasNextPage ? () => void list.fetchNextPage() : undefined} loadingMore={list.isFetchingNextPage}
          />
          {looked !== undefined && <LookPanel key={looked} space={space} exhibit={looked} onClose={() => setLooked(undefined)} />}
        </div>
      )}
    </ListPage>
  );
}
