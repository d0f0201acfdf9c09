// A count as title; the card of what needs this person; the week; at the side what they wait for, what happened
// meanwhile, and one line of trust.
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Page, useTitle } from '../../base/page/Page';
import { Section } from '../../base/parts/Card';
import { useFormat } from '../../base/useFormat';
import { CountTitle } from './CountTitle';
import { Meanwhile } from './Meanwhile';
import { todayQuery } from './queries';
import { TodayList } from './TodayList';
import { Trust } from './Trust';
import { Week } from './Week';

export function TodayPage() {
  const { t } = useLingui();
  const format = useFormat();
  const { data } = useSuspenseQuery(todayQuery);
  useTitle(t`Today`);
  const now = new Date();
  const date = format.weekDate(now);
  const clock = format.time(now);
  return (
    <Page
      title={<CountTitle count={data.count} />}
      meta={<Trans>{date}, {clock}</Trans>}
      aside={
        <>
          {data.waiting.length > 0 && (
            <Section title={<Trans>You wait for</Trans>} meta={<Trans>what you asked of others</Trans>}><Week items={data.waiting} narrow /></Section>
          )}
          {data.meanwhile.length > 0 && (
            <Section title={<Trans>While you were away</Trans>}><Meanwhile records={data.meanwhile} /></Section>
          )}
          <Trust trust={data.trust} />
        </>
      }
    >
      {data.items.length > 0 && <TodayList items={data.items} label={t`What needs you`} />}
      {data.week.length > 0 && (
        <Section title={<Trans>Later this week</Trans>} meta={format.number(data.week.length)}><Week items={data.week} /></Section>
      )}
    </Page>
  );
}
