import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../base/routes';

export const marksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dev/marks',
  component: lazyRouteComponent(() => import('./MarksPage'), 'MarksPage'),
});
