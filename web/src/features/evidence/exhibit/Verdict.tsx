// The verdict on an exhibit's history, in serif: since when it is unchanged, who else has checked it, whether a step is
// missing. Under it the counts, and "Check it": the node reads and hashes everything again while one waits.
import { Plural, Trans } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { MarkShape } from '../../../base/marks/StateMark';
import { BindingSentence } from '../../../base/parts/Binding';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';
import { CheckResult } from './CheckResult';
import type { Check } from './useCheck';
import classes from './Verdict.module.css';

/** How many other authorities have checked the history since the exhibit was taken in. */
function othersOf({ custody }: Pick<Exhibit, 'custody'>): number {
  return custody.find(({ kind }) => kind === 'taken_in')?.proof.cosigned_by ?? 0;
}

export function VerdictSentence({ exhibit }: { exhibit: Exhibit }) {
  const format = useFormat();
  const { unchanged_since: since, damaged } = exhibit.verdict;
  if (!since || damaged > 0) {
    return (
      <Plural
        value={Math.max(damaged, 1)}
        one="One step of this exhibit does not match its proof. It cannot be said that nothing was changed."
        other="# steps of this exhibit do not match their proofs. It cannot be said that nothing was changed."
      />
    );
  }
  const date = format.date(since);
  const clock = format.time(since);
  const others = othersOf(exhibit);
  return (
    <>
      <Trans>Unchanged since {date}, {clock} at the latest.</Trans>{' '}
      {others > 0 ? (
        <Plural
          value={others} one="One other authority countersigned it; no step is missing."
          other="# other authorities countersigned it; no step is missing."
        />
      ) : (
        <Trans>No step is missing; no other authority has countersigned it yet.</Trans>
      )}
    </>
  );
}

interface Props {
  exhibit: Exhibit;
  check: Check;
  /** Whether this person may ask for a check. */
  may: boolean;
}

export function Verdict({ exhibit, check, may }: Props) {
  const { proven, claimed, at_same_time: together, damaged } = exhibit.verdict;
  return (
    <section className={classes.verdict} data-damaged={damaged > 0 || undefined}>
      <BindingSentence size="verdict"><VerdictSentence exhibit={exhibit} /></BindingSentence>
      <div className={classes.counts}>
        <span><MarkShape mark="proven" size={14} /><Plural value={proven} one="# proven" other="# proven" /></span>
        {claimed > 0 && <span><MarkShape mark="claimed" size={14} /><Plural value={claimed} one="# claimed only" other="# claimed only" /></span>}
        {together > 0 && <span><MarkShape mark="simultaneous" size={14} /><Plural value={together} one="# at the same time" other="# at the same time" /></span>}
        {damaged > 0 && <span><MarkShape mark="damaged" size={14} /><Plural value={damaged} one="# damaged" other="# damaged" /></span>}
        {may && (
          <UnstyledButton className={classes.link} disabled={check.running} onClick={check.start}>
            {check.running ? <Trans>Checking</Trans> : check.result ? <Trans>Check it again</Trans> : <Trans>Check it</Trans>}
          </UnstyledButton>
        )}
      </div>
      <CheckResult check={check} files={exhibit.file_list} />
    </section>
  );
}
