// What enrolment asks of the node. The token lives in memory only: it leaves the address bar as soon as it is read.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../../api/client';
import { Problem } from '../../../api/problem';
import { deviceLabel, makePasskey } from '../../../base/passkey';
import { sessionQuery } from '../../../base/session';

const tokenKey = 'comity.invitation';

/** The token of the link. Kept for this tab alone, so that a reload in the middle of enrolling does not lose it. */
export function takeToken(): string {
  const fromLink = location.hash.slice(1);
  if (fromLink) {
    sessionStorage.setItem(tokenKey, fromLink);
    history.replaceState(history.state, '', location.pathname);
  }
  return fromLink || (sessionStorage.getItem(tokenKey) ?? '');
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => {
      if (!/^[A-Za-z0-9_-]{43}$/.test(token)) throw new Problem({ status: 404, code: 'enrolment.unknown' });
      return body(api.POST('/enrolment/open', { body: { token } }));
    },
    retry: false,
    staleTime: Infinity,
  });

export type OpenInvitation = Awaited<ReturnType<NonNullable<ReturnType<typeof invitationQuery>['queryFn']>>>;

/** Makes the first passkey, which signs in. */
export function useEnrol(token: string) {
  const client = useQueryClient();
  return useMutation({
    async mutationFn() {
      const { challenge_id, options } = await body(api.POST('/enrolment/options', { body: { token } }));
      const passkey = await makePasskey(options);
      return body(api.POST('/enrolment', { body: { token, challenge_id, label: deviceLabel(), ...passkey } }));
    },
    onSuccess(me: Schemas['Me']) {
      sessionStorage.removeItem(tokenKey);
      client.setQueryData(sessionQuery.queryKey, me);
    },
  });
}

/** "That is wrong": the administrators are told; the link stays as it is. */
export function useSayWrong(token: string) {
  return useMutation({
    mutationFn: (what: string) => api.POST('/enrolment/wrong', { body: { token, what } }),
  });
}
