import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../api/client';
import type { RecordSearch } from './routes';

export type Record_ = Schemas['Record'];

export const recordsQuery = (space: string, { person, type }: Pick<RecordSearch, 'person' | 'type'>) =>
  infiniteQueryOptions({
    queryKey: ['spaces', space, 'records', { person, type }],
    queryFn: ({ pageParam }) =>
      body(api.GET('/spaces/{space}/records', { params: { path: { space }, query: { person, type, cursor: pageParam, limit: 100 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const recordQuery = (space: string, leaf: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'records', leaf],
    queryFn: () => body(api.GET('/spaces/{space}/records/{leaf}', { params: { path: { space, leaf } } })),
  });
