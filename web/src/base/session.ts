// Who is signed in. One query for the whole app: the rail, the palette and every page read what this person may do.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '../api/client';

export type Me = Schemas['Me'];

export const sessionQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => body(api.GET('/me')),
  staleTime: Infinity, // live events of type people.* bring changes
  retry: false,
});

export function useMe(): Me {
  return useSuspenseQuery(sessionQuery).data;
}
