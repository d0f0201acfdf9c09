import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { spaceRoute } from '../../base/routes';
import { recordsQuery } from './queries';

export interface RecordSearch {
  /** A person's id in this case. */
  person?: string | undefined;
  /** Records about this kind of thing. */
  type?: string | undefined;
  /** The record whose panel is open. */
  leaf?: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const recordRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'record',
  validateSearch: (search: Record<string, unknown>): RecordSearch => ({ person: text(search.person), type: text(search.type), leaf: text(search.leaf) }),
  loaderDeps: ({ search: { person, type } }) => ({ person, type }),
  loader: ({ context, params, deps }) => context.queryClient.ensureInfiniteQueryData(recordsQuery(params.space, deps)),
  component: lazyRouteComponent(() => import('./RecordPage'), 'RecordPage'),
});

export const routes = [recordRoute] as const;
