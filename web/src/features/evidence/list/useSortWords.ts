import { useLingui } from '@lingui/react/macro';
import type { EvidenceSearch } from '../queries';

/** How the list is sorted, in words. */
export function useSortWords(sort: NonNullable<EvidenceSearch['sort']>): string {
  const { t } = useLingui();
  const words: Record<NonNullable<EvidenceSearch['sort']>, string> = {
    number: t`sorted by oldest number`,
    '-number': t`sorted by newest number`,
    title: t`sorted by title`,
    '-title': t`sorted by title, backwards`,
    obtained: t`sorted by when it was obtained, oldest first`,
    '-obtained': t`sorted by when it was obtained, newest first`,
    added: t`sorted by when it was taken in, oldest first`,
    '-added': t`sorted by when it was taken in, newest first`,
    size: t`sorted by size, smallest first`,
    '-size': t`sorted by size, largest first`,
  };
  return words[sort];
}
