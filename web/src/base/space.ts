// The case on screen. The trunk of the routes loads it once for everything below /cases/$space; features read it here.
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, type Schemas, tagged } from '../api/client';

export type Case = Schemas['Case'];
export type Party = Schemas['Party'];

/** The case with the tag that an edit hands back. */
export const caseQuery = (space: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'case'],
    queryFn: () => tagged(api.GET('/cases/{space}', { params: { path: { space } } })),
  });

/** The id of the case on screen; only below /cases/$space. */
export function useSpace(): string {
  return useParams({ from: '/shell/cases/$space' }).space;
}

export function useCase(): Case {
  return useSuspenseQuery(caseQuery(useSpace())).data.value;
}
