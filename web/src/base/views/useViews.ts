// Views of a list that a person kept: what is searched for, filtered, sorted and shown, under a name. The node keeps them, so
// that they follow the person to every browser; it does not read what is in them.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { defaultParseSearch, defaultStringifySearch } from '@tanstack/react-router';
import { api, body, type Schemas } from '../../api/client';

export type View = Schemas['View'];
export type Sought = Record<string, unknown>;

const viewsQuery = queryOptions({ queryKey: ['me', 'views'], queryFn: () => body(api.GET('/me/views')) });

/** Ascending by name, so that one view has one text. */
function textOf(sought: Sought): string {
  const set = Object.entries(sought).filter(([, value]) => value !== undefined && value !== '');
  return defaultStringifySearch(Object.fromEntries(set.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

export interface Views {
  views: readonly View[];
  /** The one that is on screen. */
  current: View | undefined;
  /** Nothing is sought: the list as it comes. */
  plain: boolean;
  soughtBy: (view: View) => Sought;
  keep: (name: string) => Promise<View>;
  drop: (view: View) => Promise<unknown>;
  /** Puts back what was dropped. */
  putBack: (view: View) => Promise<View>;
}

/** @here: what the list shows now. */
export function useViews(list: View['list'], here: Sought): Views {
  const client = useQueryClient();
  const views = (useQuery(viewsQuery).data?.items ?? []).filter((view) => view.list === list);
  const search = textOf(here);
  const { mutateAsync } = useMutation({
    mutationFn: async (write: () => Promise<unknown>) => write(),
    onSettled: () => client.invalidateQueries({ queryKey: viewsQuery.queryKey }),
  });
  const write = <Answer>(call: () => Promise<Answer>) => mutateAsync(call) as Promise<Answer>;
  const add = (name: string, text: string) => write(() => body(api.POST('/me/views', { body: { list, name, search: text } })));
  return {
    views,
    current: views.find((view) => view.search === search),
    plain: search === '',
    soughtBy: (view) => defaultParseSearch(view.search),
    keep: (name) => add(name, search),
    drop: (view) => write(() => api.DELETE('/me/views/{view}', { params: { path: { view: view.id } } })),
    putBack: (view) => add(view.name, view.search),
  };
}
