import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../base/routes';
import { statusQuery } from './queries';

const nodeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/node',
  loader: ({ context }) => context.queryClient.ensureQueryData(statusQuery),
  component: lazyRouteComponent(() => import('./NodePage'), 'NodePage'),
});

export const routes = [nodeRoute] as const;
