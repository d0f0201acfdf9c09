import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { spaceRoute } from '../../base/routes';
import { exportsQuery } from './queries';

const exportsRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'exports',
  // ?exhibits=ID,ID opens the export of these exhibits.
  validateSearch: (search: Record<string, unknown>): { exhibits?: string | undefined } => ({
    exhibits: typeof search.exhibits === 'string' && search.exhibits ? search.exhibits : undefined,
  }),
  loader: ({ context, params }) => context.queryClient.ensureQueryData(exportsQuery(params.space)),
  component: lazyRouteComponent(() => import('./ExportsPage'), 'ExportsPage'),
});

export const routes = [exportsRoute] as const;
