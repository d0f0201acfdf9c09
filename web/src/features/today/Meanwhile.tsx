// What happened in one's cases since one was last here: alike records of one case are one line with a count.
import { Plural, Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { RecordSentence } from '../../base/words/RecordSentence';
import classes from './Week.module.css';

type Happened = Schemas['Today']['meanwhile'][number];

/** Several exhibits that came into one case are one piece of news. */
function gathered(records: readonly Happened[]): Happened[][] {
  const groups = new Map<string, Happened[]>();
  for (const record of records) {
    const alike = record.type.startsWith('exhibit.added') ? `${record.case.id} ${record.type}` : record.leaf;
    groups.set(alike, [...(groups.get(alike) ?? []), record]);
  }
  return [...groups.values()];
}

export function Meanwhile({ records }: { records: readonly Happened[] }) {
  return (
    <ul className={classes.week} data-narrow>
      {gathered(records).map((group) => {
        const first = group[0]!;
        const proven = group.every((record) => record.proof.state === 'proven' || record.proof.state === 'cosigned');
        return (
          <li key={first.leaf} className={classes.line}>
            <span>
              {group.length > 1 ? (
                <>
                  <b><Plural value={group.length} one="# exhibit" other="# exhibits" /></b>{' '}
                  {proven ? <Trans>came in, all proven</Trans> : <Trans>came in</Trans>}
                </>
              ) : (
                <RecordSentence record={first} space={first.case.id} />
              )}
              {' · '}
              <Link to="/cases/$space" params={{ space: first.case.id }}><bdi>{first.case.title}</bdi></Link>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
