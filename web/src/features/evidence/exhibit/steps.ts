// How the steps of an exhibit's way are shown: readings that follow each other stand together, and what nobody can put
// in order stands side by side.
import type { Mark } from '../../../base/marks/StateMark';
import type { CustodyStep } from '../queries';

export type Entry = { kind: 'step'; step: CustodyStep } | { kind: 'readings'; steps: CustodyStep[] };

const reading = new Set<CustodyStep['kind']>(['opened', 'downloaded', 'printed']);

export function entriesOf(custody: readonly CustodyStep[]): Entry[] {
  const entries: Entry[] = [];
  for (const step of custody) {
    const last = entries.at(-1);
    if (!reading.has(step.kind)) entries.push({ kind: 'step', step });
    else if (last?.kind === 'readings') last.steps.push(step);
    else entries.push({ kind: 'readings', steps: [step] });
  }
  return entries;
}

export function markOfStep(step: CustodyStep): Mark {
  if (step.at_same_time) return 'simultaneous';
  const { state } = step.proof;
  if (step.claimed) return 'claimed';
  return step.kind === 'sealed' && (state === 'proven' || state === 'cosigned') ? 'sealed' : state;
}

/** The line from this step to the next one. */
export function lineOf(step: CustodyStep): 'claimed' | 'proven' | 'together' {
  if (step.at_same_time) return 'together';
  return step.claimed || step.proof.state === 'claimed' ? 'claimed' : 'proven';
}
