// What other exhibits of the case say of place, authority and persons: to be offered, so that the same is written alike.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useMe } from '../../../base/session';
import { evidenceQuery } from '../queries';
import type { Known } from './FactFields';

export function useKnown(space: string): Known {
  const { person } = useMe();
  const { data } = useInfiniteQuery(evidenceQuery(space));
  return useMemo(() => {
    const said = data?.pages.flatMap((page) => page.items).map(({ obtained }) => obtained) ?? [];
    const all = (field: 'where' | 'authority' | 'by' | 'from') => [...new Set(said.map((one) => one[field] ?? ''))].filter((text) => text !== '');
    return { where: all('where'), authority: all('authority'), by: [...new Set([person.name, ...all('by')])], from: all('from') };
  }, [data, person.name]);
}
