// The exhibits before and after this one, in the order of the list as it was last seen: J and K go from one to the next.
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../api/client';

type Page = { items: Schemas['ExhibitItem'][] };

export function useNeighbours(space: string, exhibit: string): { next: string | undefined; previous: string | undefined } {
  const lists = useQueryClient()
    .getQueryCache()
    .findAll({ queryKey: ['spaces', space, 'evidence'] })
    .filter(({ state }) => (state.data as InfiniteData<Page> | undefined)?.pages !== undefined)
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const { state } of lists) {
    const ids = (state.data as InfiniteData<Page>).pages.flatMap(({ items }) => items.map(({ id }) => id));
    const at = ids.indexOf(exhibit);
    if (at >= 0) return { next: ids[at + 1], previous: ids[at - 1] };
  }
  return { next: undefined, previous: undefined };
}
