import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, ifMatch, type Schemas, tagged } from '../../../api/client';
import type { PeopleSearch } from '../routes';

export type Person = Schemas['Person'];
export type Invitation = Schemas['Invitation'];
export type Token = Schemas['Token'];
export type PersonChange = Partial<Pick<Person, 'name' | 'title' | 'affiliation' | 'roles' | 'admin'>>;

export const peopleQuery = ({ q, state, sort }: Omit<PeopleSearch, 'person'>) =>
  infiniteQueryOptions({
    queryKey: ['people', { q, state, sort }],
    queryFn: ({ pageParam }) => body(api.GET('/people', { params: { query: { q, state, sort, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** One person with the tag that an edit hands back. */
export const personQuery = (person: string) =>
  queryOptions({
    queryKey: ['people', 'one', person],
    queryFn: () => tagged(api.GET('/people/{person}', { params: { path: { person } } })),
  });

export const invitationsQuery = queryOptions({
  queryKey: ['people', 'invitations'],
  queryFn: () => body(api.GET('/invitations', { params: { query: { limit: 200 } } })),
});

export const tokensQuery = queryOptions({
  queryKey: ['people', 'tokens'],
  queryFn: () => body(api.GET('/tokens')),
});

function usePeopleMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }) });
}

export function useInvite() {
  return usePeopleMutation((invitation: Schemas['InvitationNew']) => body(api.POST('/invitations', { body: invitation })));
}

export function useWithdrawInvitation() {
  return usePeopleMutation((invitation: string) => api.DELETE('/invitations/{invitation}', { params: { path: { invitation } } }));
}

export function useChangePerson(person: string, etag: string | null) {
  return usePeopleMutation((change: PersonChange) =>
    api.PATCH('/people/{person}', {
      params: { path: { person }, header: ifMatch(etag) as { 'If-Match': string } },
      body: change,
    }),
  );
}

/** Closes an account, or opens it again. */
export function useCloseAccount(person: string) {
  return usePeopleMutation((close: boolean) =>
    api.POST(close ? '/people/{person}/disable' : '/people/{person}/enable', { params: { path: { person } } }),
  );
}

export function useMakeToken() {
  return usePeopleMutation((token: { name: string; scopes: Schemas['Scope'][]; expires?: string }) =>
    body(api.POST('/tokens', { body: token })),
  );
}

export function useRevokeToken() {
  return usePeopleMutation((token: string) => api.DELETE('/tokens/{token}', { params: { path: { token } } }));
}
