import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../api/client';

export type TodayItem = Schemas['TodayItem'];

export const todayQuery = queryOptions({
  queryKey: ['today'],
  queryFn: () => body(api.GET('/today')),
});

/** The number in the rail. */
export function useTodayCount(): number | undefined {
  return useQuery(todayQuery).data?.count;
}
