// One state a row, the first that applies: damaged, two values, protected, harmful, withheld, erased, sealed, claimed,
// proven. What it says is a fact of the record or a mark that whoever took it in has set; never a judgement.
import { Trans } from '@lingui/react/macro';
import { type Mark, StateMark } from '../../base/marks/StateMark';
import type { ExhibitItem } from './queries';

export function markOf({ state, sensitivity, proof }: Pick<ExhibitItem, 'state' | 'sensitivity' | 'proof'>): Mark {
  if (state === 'damaged') return 'damaged';
  if (state === 'two_values') return 'conflict';
  if (sensitivity.harmful) return 'harmful';
  if (sensitivity.protected_person) return 'protected';
  if (state === 'withheld' || state === 'erased' || state === 'sealed') return state;
  if (proof.state === 'cosigned' || proof.state === 'claimed' || proof.state === 'void') return proof.state;
  return 'proven';
}

export function ExhibitState({ exhibit, size }: { exhibit: Pick<ExhibitItem, 'state' | 'sensitivity' | 'proof'>; size?: number }) {
  const mark = markOf(exhibit);
  const others = exhibit.proof.cosigned_by;
  return (
    <StateMark mark={mark} {...(size ? { size } : {})}>
      {mark === 'cosigned' ? <Trans>Countersigned by {others}</Trans> : undefined}
    </StateMark>
  );
}
