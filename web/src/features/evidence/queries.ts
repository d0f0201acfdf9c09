// What the evidence pages read and write. Lists come newest number first, 50 a page; live events of type evidence.*
// invalidate everything under ['spaces', space].
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, ifMatch, type Schemas, tagged } from '../../api/client';

export type ExhibitItem = Schemas['ExhibitItem'];
export type Exhibit = Schemas['Exhibit'];
export type ExhibitFile = Schemas['ExhibitFile'];
/** @at_same_time: nobody can say whether this step or the one before it came first. */
export type CustodyStep = Schemas['CustodyStep'] & { at_same_time?: boolean };
export type ExhibitType = Schemas['ExhibitType'];
export type ExhibitCheck = Schemas['ExhibitCheck'];

export const sorts = ['number', '-number', 'title', '-title', 'obtained', '-obtained', 'added', '-added', 'size', '-size'] as const;
export const types = [
  'document', 'image', 'video', 'audio', 'device_extract', 'disk_image', 'web_capture', 'message_export', 'other',
] as const satisfies readonly ExhibitType[];

export interface EvidenceSearch {
  q?: string | undefined;
  type?: ExhibitType | undefined;
  sealed?: boolean | undefined;
  sort?: (typeof sorts)[number] | undefined;
}

export const evidenceQuery = (space: string, { q, type, sealed, sort }: EvidenceSearch = {}) =>
  infiniteQueryOptions({
    queryKey: ['spaces', space, 'evidence', { q, type, sealed, sort }],
    queryFn: ({ pageParam }) =>
      body(api.GET('/spaces/{space}/evidence', { params: { path: { space }, query: { q, type, sealed, sort, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** One exhibit with the tag that a correction hands back. */
export const exhibitQuery = (space: string, exhibit: string) =>
  queryOptions({
    queryKey: ['spaces', space, 'evidence', 'one', exhibit],
    queryFn: () => tagged(api.GET('/spaces/{space}/evidence/{exhibit}', { params: { path: { space, exhibit } } })),
  });

export type ExhibitChange = Partial<Omit<Schemas['ExhibitNew'], 'uploads'>>;

export function useCorrectExhibit(space: string, exhibit: string, etag: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ExhibitChange & { reason: string }) =>
      tagged(
        api.PATCH('/spaces/{space}/evidence/{exhibit}', {
          params: { path: { space, exhibit }, header: ifMatch(etag) as { 'If-Match': string } },
          body: change,
        }),
      ),
    async onSuccess(answer) {
      client.setQueryData(exhibitQuery(space, exhibit).queryKey, answer);
      await client.invalidateQueries({ queryKey: ['spaces', space] });
    },
  });
}
