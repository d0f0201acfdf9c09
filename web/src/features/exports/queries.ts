import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../api/client';

export type Export = Schemas['Export'];

/** Asked again while a package is being written; a live event brings the end. */
export const exportsQuery = (space: string) =>
  queryOptions({
    queryKey: ['exports', space],
    queryFn: () => body(api.GET('/spaces/{space}/exports', { params: { path: { space }, query: { limit: 100 } } })),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'writing') ? 1000 : false),
  });

/** The exhibits that may be chosen, by number. */
export const choiceQuery = (space: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'evidence', 'choice'],
    queryFn: () => body(api.GET('/spaces/{space}/evidence', { params: { path: { space }, query: { limit: 200, sort: 'number' } } })),
  });

export function useRemoveExport(space: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/exports/{export}', { params: { path: { export: id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['exports', space] }),
  });
}
