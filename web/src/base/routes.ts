// The trunk of the route tree, which features hang their pages on. Its layouts live in app/ and in the cases feature;
// app/router.tsx puts them in, so that nothing here looks upward.
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, redirect } from '@tanstack/react-router';
import { Problem } from '../api/problem';
import { sessionQuery } from './session';
import { caseQuery } from './space';

export interface RouterContext {
  queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({});

/** Everything behind sign-in: rail, top bar, live line. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  async beforeLoad({ context, location }) {
    try {
      await context.queryClient.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.href } });
    }
  },
});

/** One case and its tabs. `$space` is the case's id. */
export const spaceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/cases/$space',
  loader: ({ context, params }) => context.queryClient.ensureQueryData(caseQuery(params.space)),
});
