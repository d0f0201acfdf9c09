import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
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

/** Lets a notice go, for oneself alone: on the node's page it stands until it is settled. */
export function useLetGo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (notice: string) => api.DELETE('/me/notices/{notice}', { params: { path: { notice } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: todayQuery.queryKey }),
  });
}
