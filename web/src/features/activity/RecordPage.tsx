// Every act of the case by days, the newest first; filters by what it is about; a record's panel shows bytes and checks.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Select } from '@mantine/core';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page, useTitle } from '../../base/page/Page';
import { useSpace } from '../../base/space';
import { EmptyState } from '../../base/states/EmptyState';
import { useFormat } from '../../base/useFormat';
import { recordsQuery, type Record_ } from './queries';
import { RecordLine } from './RecordLine';
import classes from './RecordPage.module.css';
import { RecordPanel } from './RecordPanel';
import type { RecordSearch } from './routes';

function byDay(records: readonly Record_[]): [string, Record_[]][] {
  const days = new Map<string, Record_[]>();
  for (const record of records) {
    const day = new Date(record.time).toDateString();
    days.set(day, [...(days.get(day) ?? []), record]);
  }
  return [...days];
}

export function RecordPage() {
  const { t } = useLingui();
  useTitle(t`Record`);
  const format = useFormat();
  const space = useSpace();
  const search = useSearch({ from: '/shell/cases/$space/record' });
  const navigate = useNavigate();
  const records = useSuspenseInfiniteQuery(recordsQuery(space, search));
  const change = (next: Partial<RecordSearch>) => void navigate({ to: '.', search: ((was: RecordSearch) => ({ ...was, ...next })) as never, replace: true });
  const rows = records.data.pages.flatMap((page) => page.items);
  return (
    <Page
      title={<Trans>Record</Trans>}
      lead={<Trans>Everything that was done in this case, in the order that the proofs fix. Nothing here can be changed or taken out.</Trans>}
      actions={
        <Select
          aria-label={t`About what`} w={220} value={search.type ?? ''}
          data={[
            { value: '', label: t`Everything` },
            { value: 'exhibit', label: t`Exhibits` },
            { value: 'reading', label: t`Openings and downloads` },
            { value: 'member', label: t`Who works here` },
            { value: 'export', label: t`Exports` },
            { value: 'case', label: t`The case itself` },
          ]}
          onChange={(type) => change({ type: type || undefined })}
        />
      }
    >
      {rows.length === 0 && <EmptyState title={<Trans>Nothing of this kind yet</Trans>}><Trans>Look at everything instead.</Trans></EmptyState>}
      {byDay(rows).map(([day, group]) => (
        <section key={day} className={classes.day}>
          <h2 className={classes.date}>{format.weekDate(group[0]!.time)}</h2>
          <ol className={classes.list}>
            {group.map((record) => (
              <RecordLine key={record.leaf} record={record} space={space} onOpen={() => change({ leaf: record.leaf })} />
            ))}
          </ol>
        </section>
      ))}
      {records.hasNextPage && (
        <Button variant="default" loading={records.isFetchingNextPage} onClick={() => void records.fetchNextPage()}><Trans>Show more</Trans></Button>
      )}
      {search.leaf && <RecordPanel leaf={search.leaf} onClose={() => change({ leaf: undefined })} />}
    </Page>
  );
}
