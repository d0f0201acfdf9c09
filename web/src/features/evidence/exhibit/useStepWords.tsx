// The steps of an exhibit's way, in words: what was done, with what, and how firmly it stands.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useLingui as useMessages } from '@lingui/react';
import type { ReactNode } from 'react';
import { useFormat } from '../../../base/useFormat';
import { textOf } from '../../../base/words/values';
import { factNames, type FactName, useFactWords } from '../facts/useFactWords';
import type { CustodyStep, Exhibit } from '../queries';
import { type How, howWords } from '../words';

export function useStepWords(exhibit: Exhibit) {
  const { t } = useLingui();
  const { _ } = useMessages();
  const format = useFormat();
  const facts = useFactWords();

  const titles: Record<CustodyStep['kind'], string> = {
    collected: t`Collected`,
    taken_in: t`Taken in and hashed`,
    extended: t`Files added`,
    corrected: t`Corrected`,
    sealed: t`Sealed`,
    opened: t`Opened`,
    downloaded: t`Downloaded`,
    printed: t`Printed`,
    exported: t`Exported in a package`,
    note: t`Noted`,
  };

  /** "2 files, 41.2 MB": those that came with this step. */
  const files = (step: CustodyStep): ReactNode => {
    const numbers = new Set(step.files ?? []);
    const meant = exhibit.file_list.filter(({ n }) => numbers.has(n));
    const bytes = format.bytes(meant.reduce((sum, { size }) => sum + size, 0));
    return <Plural value={meant.length} one={`# file, ${bytes}.`} other={`# files, ${bytes}.`} />;
  };

  const text = (step: CustodyStep): ReactNode => {
    switch (step.kind) {
      case 'collected': {
        const { how, where, authority, from } = exhibit.obtained;
        const parts = [_(howWords[(textOf(step.what, 'how') as How) || how]), where, authority, from].filter(Boolean);
        return <bdi>{parts.join(' · ')}</bdi>;
      }
      case 'taken_in':
      case 'extended':
        return files(step);
      case 'corrected': {
        const changed = Object.keys(step.what ?? {}).filter((field): field is FactName => (factNames as readonly string[]).includes(field));
        const names = format.list(changed.map((field) => facts.names[field]));
        const why = step.text ?? '';
        return <>{names && <Trans>{names}.</Trans>} <bdi>{why}</bdi></>;
      }
      case 'sealed': {
        const seal = textOf(step.what, 'seal_number');
        const why = step.text ?? '';
        return <>{seal && <Trans>Seal <bdi dir="ltr">{seal}</bdi>.</Trans>} <bdi>{why}</bdi></>;
      }
      default:
        return step.text ? <bdi>{step.text}</bdi> : null;
    }
  };

  /** How firmly it stands. */
  const standing = (step: CustodyStep): string => {
    const { state, cosigned_by: others } = step.proof;
    if (step.claimed || state === 'claimed') {
      const clock = step.time ? format.time(step.time) : '';
      return clock ? t`Claimed: ${clock}` : t`Claimed only`;
    }
    if (state === 'damaged') return t`Damaged`;
    if (state === 'void') return t`Without effect`;
    if (state === 'erased') return t`Erased`;
    if (state === 'withheld') return t`Withheld`;
    if (step.confirmed === 'person') return t`Proven, confirmed by passkey`;
    if (step.confirmed === 'machine') return t`Proven, not confirmed by a person`;
    return state === 'cosigned' ? t`Proven, countersigned by ${others}` : t`Proven`;
  };

  return { titles, text, standing };
}
