// A count as title; then one card of what needs this person, the most urgent first.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Page, useTitle } from '../../base/page/Page';
import { useFormat } from '../../base/useFormat';
import { todayQuery } from './queries';

export function TodayPage() {
  const { t } = useLingui();
  const format = useFormat();
  const { data } = useSuspenseQuery(todayQuery);
  useTitle(t`Today`);
  const title = data.count === 0 ? (
    <Trans>Nothing needs you today.</Trans>
  ) : (
    <Plural value={data.count} one="One thing needs you today" other="# things need you today" />
  );
  return <Page title={title} meta={format.weekDate(new Date())} />;
}
