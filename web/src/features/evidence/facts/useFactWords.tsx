// The facts of an exhibit in words: their names, and their values as the API holds them (of an earlier time, too).
import { useLingui as useMessages } from '@lingui/react';
import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Schemas } from '../../../api/client';
import { uses } from '../../../base/parts/Handling';
import { useFormat } from '../../../base/useFormat';
import type { ExhibitType } from '../queries';
import { howWords, typeWords } from '../words';

export const factNames = ['title', 'type', 'obtained', 'conditions', 'languages', 'sensitivity', 'description'] as const;
export type FactName = (typeof factNames)[number];

export function useFactWords() {
  const { _ } = useMessages();
  const { t } = useLingui();
  const format = useFormat();
  const names: Record<FactName, string> = {
    title: t`What it is`,
    type: t`Kind`,
    obtained: t`Obtained`,
    conditions: t`Conditions`,
    languages: t`Languages`,
    sensitivity: t`What may be in it`,
    description: t`Description`,
  };
  const obtained = (value: Schemas['Obtained']): string => {
    const parts = [
      _(howWords[value.how]), value.where, value.when ? format.dateTime(value.when) : '', value.by, value.authority, value.from,
    ];
    return parts.filter(Boolean).join(' · ');
  };
  const value = (field: string, it: unknown): ReactNode => {
    if (it === null || it === undefined || it === '') return <Trans>nothing</Trans>;
    switch (field) {
      case 'type':
        return _(typeWords[it as ExhibitType]?.word ?? typeWords.other.word);
      case 'obtained':
        return <bdi>{obtained(it as Schemas['Obtained'])}</bdi>;
      case 'conditions': {
        const { use, note } = it as Schemas['Conditions'];
        return <bdi>{[_(uses[use]), note].filter(Boolean).join(' · ')}</bdi>;
      }
      case 'languages':
        return (it as string[]).length > 0 ? format.list((it as string[]).map(format.language)) : <Trans>none</Trans>;
      case 'sensitivity': {
        const { protected_person, harmful } = it as Schemas['Sensitivity'];
        const words = [protected_person && t`a protected person`, harmful && t`abuse of children`].filter((word) => word !== false);
        return words.length > 0 ? format.list(words) : <Trans>none of that</Trans>;
      }
      default:
        return <bdi>{String(it)}</bdi>;
    }
  };
  return { names, value };
}
