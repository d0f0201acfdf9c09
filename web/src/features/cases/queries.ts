import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, ifMatch, type Schemas } from '../../api/client';
import type { Case } from '../../base/space';
import type { CasesSearch } from './routes';

export type Member = Schemas['Member'];
export type Person = Schemas['PersonShort'];
export type CaseChange = Partial<Pick<Case, 'reference' | 'title' | 'offence' | 'summary'>>;

export const casesQuery = ({ q, status, sort }: CasesSearch) =>
  infiniteQueryOptions({
    queryKey: ['cases', { q, status, sort }],
    queryFn: ({ pageParam }) => body(api.GET('/cases', { params: { query: { q, status, sort, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const membersQuery = (space: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'members'],
    queryFn: () => body(api.GET('/cases/{space}/members', { params: { path: { space } } })),
  });

/** Everybody at this node, to pick a member from. */
export const directoryQuery = queryOptions({
  queryKey: ['people', 'directory'],
  queryFn: () => body(api.GET('/directory')),
});

/** The newest records, for the overview. */
export const newestQuery = (space: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'records', 'newest'],
    queryFn: () => body(api.GET('/spaces/{space}/records', { params: { path: { space }, query: { limit: 100 } } })),
  });

function useCaseMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>, space?: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['cases'] }),
        space ? client.invalidateQueries({ queryKey: ['spaces', space] }) : undefined,
      ]),
  });
}

export function useOpenCase() {
  return useCaseMutation((values: Schemas['CaseNew']) => body(api.POST('/cases', { body: values })));
}

export function useCorrectCase(space: string, etag: string | null) {
  return useCaseMutation(
    (change: CaseChange) =>
      api.PATCH('/cases/{space}', { params: { path: { space }, header: ifMatch(etag) as { 'If-Match': string } }, body: change }),
    space,
  );
}

/** Closes the case, or opens it again. */
export function useCaseStatus(space: string, close: boolean) {
  return useCaseMutation(
    (reason: string) => api.POST(close ? '/cases/{space}/close' : '/cases/{space}/reopen', { params: { path: { space } }, body: { reason } }),
    space,
  );
}
