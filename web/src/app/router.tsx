// The route tree: the trunk of base/routes.ts with the features' pages on it. Links are checked against it.
import { QueryClient } from '@tanstack/react-query';
import { createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Problem } from '../api/problem';
import { rootRoute, shellRoute, spaceRoute } from '../base/routes';
import { ErrorPage } from '../base/states/ErrorPage';
import { LoadingPage } from '../base/states/Loading';
import { NotFound } from '../base/states/NotFound';
import { activityRoutes } from '../features/activity';
import { casesRoutes, casesSpaceRoutes } from '../features/cases';
import { exportsRoutes } from '../features/exports';
import { nodeRoutes } from '../features/node';
import { evidenceRoutes } from '../features/evidence';
import { peoplePublicRoutes, peopleRoutes } from '../features/people';
import { referenceRoutes } from '../features/reference';
import { todayRoutes } from '../features/today';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false, // live events say what changed
      retry: (failures, error) => failures < 3 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
    mutations: { retry: false },
  },
});

const devRoutes = import.meta.env.DEV ? (await import('../dev/routes')).devRoutes : [];

const routeTree = rootRoute.addChildren([
  ...devRoutes,
  ...peoplePublicRoutes,
  ...referenceRoutes,
  shellRoute
    .update({ component: lazyRouteComponent(() => import('./Shell'), 'Shell') })
    .addChildren([
      ...todayRoutes,
      ...casesRoutes,
      ...peopleRoutes,
      ...nodeRoutes,
      spaceRoute.update({ component: lazyRouteComponent(() => import('./CaseFrame'), 'CaseFrame') }).addChildren([...casesSpaceRoutes, ...evidenceRoutes, ...exportsRoutes, ...activityRoutes]),
    ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // the query cache decides
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: LoadingPage,
  defaultPendingMs: 300,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
