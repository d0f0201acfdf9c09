import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../base/routes';
import { nodeQuery } from './queries';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = text(search.next);
    // Only a path of our own: a link must not lead away after signing in.
    return next?.startsWith('/') && !next.startsWith('//') ? { next } : {};
  },
  loader: ({ context }) => context.queryClient.ensureQueryData(nodeQuery),
  component: lazyRouteComponent(() => import('./entry/SignInPage'), 'SignInPage'),
});

// The token of an invitation stands after the number sign: no server log ever sees it.
const enrolRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/enrol',
  loader: ({ context }) => context.queryClient.ensureQueryData(nodeQuery),
  component: lazyRouteComponent(() => import('./entry/EnrolPage'), 'EnrolPage'),
});

export const publicRoutes = [signInRoute, enrolRoute] as const;
export const routes = [] as const;
