import { queryOptions } from '@tanstack/react-query';
import { api, body } from '../../api/client';

/** What anybody may know of this node. */
export const nodeQuery = queryOptions({
  queryKey: ['node', 'public'],
  queryFn: () => body(api.GET('/node')),
  staleTime: 60_000,
});
