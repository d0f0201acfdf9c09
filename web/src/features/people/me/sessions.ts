import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../../api/client';

export type Session = Schemas['SessionItem'];

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: () => body(api.GET('/me/sessions')),
});

/** Ends one session, or all but this one. */
export function useEndSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (session: string | 'others') =>
      session === 'others'
        ? api.DELETE('/me/sessions')
        : api.DELETE('/me/sessions/{session}', { params: { path: { session } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}
