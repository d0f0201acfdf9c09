// What needs somebody, in words: verb first, why it matters, the button named by what it does. By the item's code.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { unbroken } from '../../base/parts/ExhibitNumber';
import { useFormat } from '../../base/useFormat';
import { numberOf, textOf } from '../../base/words/values';
import { useNoticeWords } from '../../base/words/useNoticeWords';
import type { TodayItem } from './queries';

export interface TodayWords {
  title: ReactNode;
  why: ReactNode;
  button: ReactNode;
}

export function useTodayWords(): (item: TodayItem) => TodayWords {
  const { t } = useLingui();
  const format = useFormat();
  const noticeWords = useNoticeWords();
  return (item) => {
    const { values } = item.why;
    const count = numberOf(values, 'count');
    const name = textOf(values, 'name') || textOf(values, 'person');
    const number = item.exhibit ? unbroken(item.exhibit.number) : '';
    const title = item.exhibit?.title ?? '';
    const due = item.when ? format.dateTime(item.when) : '';
    switch (item.code) {
      case 'uploads.waiting':
        return {
          title: <Plural value={count} one={<Trans><b>Say</b> what # file is</Trans>} other={<Trans><b>Say</b> what # files are</Trans>} />,
          why: <Trans>They have arrived and are proven, but belong to no exhibit yet. They are kept for seven days.</Trans>,
          button: <Trans>Make the exhibit</Trans>,
        };
      case 'exhibits.unopened':
        return item.exhibit
          ? {
              title: <Trans><b>Look at</b> <bdi>{number}</bdi>, <bdi>{title}</bdi></Trans>,
              why: <Trans>It came in, and you have not opened it yet.</Trans>,
              button: <Trans>Open it</Trans>,
            }
          : {
              title: <Plural value={count} one={<Trans><b>Look at</b> # new exhibit</Trans>} other={<Trans><b>Look at</b> # new exhibits</Trans>} />,
              why: <Trans>They came in, and you have not opened them yet.</Trans>,
              button: <Trans>See the new ones</Trans>,
            };
      case 'export.ready':
        return {
          title: <Trans><b>Fetch</b> the package that you exported</Trans>,
          why: <Trans>It is complete and can be checked on any computer.</Trans>,
          button: <Trans>Fetch the package</Trans>,
        };
      case 'case.joined':
        return {
          title: <Trans><b>Read</b> the case that you now work on</Trans>,
          why: name ? <Trans><bdi>{name}</bdi> let you in.</Trans> : <Trans>Somebody let you in.</Trans>,
          button: <Trans>Open the case</Trans>,
        };
      case 'invitation.expiring':
        return {
          title: <Trans><b>Remind</b> <bdi>{name}</bdi> of the invitation</Trans>,
          why: due ? <Trans>The link runs out {due}.</Trans> : <Trans>The link runs out soon.</Trans>,
          button: <Trans>See the invitation</Trans>,
        };
      case 'token.expiring':
        return {
          title: <Trans><b>Renew</b> the token of <bdi>{name}</bdi></Trans>,
          why: due ? <Trans>The program stops {due}.</Trans> : <Trans>The program stops soon.</Trans>,
          button: <Trans>See the tokens</Trans>,
        };
      default: {
        const notice = noticeWords({ code: textOf(values, 'notice') || textOf(values, 'code') || item.why.code || item.code, values });
        return { title: <b>{notice.title}</b>, why: notice.text, button: item.code === 'node.notice' ? t`See the node` : t`See it` };
      }
    }
  };
}
