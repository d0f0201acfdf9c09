import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../base/routes';
import { documentQuery } from './document';

export interface ReferenceSearch {
  q?: string | undefined;
  /** The operation that is open, by its id. */
  open?: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const referenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/api',
  validateSearch: (search: Record<string, unknown>): ReferenceSearch => ({ q: text(search.q), open: text(search.open) }),
  loader: ({ context }) => context.queryClient.ensureQueryData(documentQuery),
  component: lazyRouteComponent(() => import('./ReferencePage'), 'ReferencePage'),
});

export const routes = [referenceRoute] as const;
