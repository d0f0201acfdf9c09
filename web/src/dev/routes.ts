import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../base/routes';

export const devRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/dev/marks',
    component: lazyRouteComponent(() => import('./MarksPage'), 'MarksPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/dev/confirm',
    component: lazyRouteComponent(() => import('./ConfirmPage'), 'ConfirmPage'),
  }),
];
