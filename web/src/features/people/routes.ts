import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute, shellRoute } from '../../base/routes';
import { invitationsQuery, peopleQuery, tokensQuery } from './admin/queries';
import { passkeysQuery } from './me/passkeys';
import { sessionsQuery } from './me/sessions';
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

const meRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/me',
  loader: ({ context: { queryClient } }) =>
    Promise.all([queryClient.ensureQueryData(sessionsQuery), queryClient.ensureQueryData(passkeysQuery)]),
  component: lazyRouteComponent(() => import('./me/MePage'), 'MePage'),
});

const states = ['active', 'invited', 'disabled'] as const;
const sorts = ['name', '-name', 'created', '-created'] as const;
const among = <T extends string>(values: readonly T[], value: unknown): T | undefined => values.find((one) => one === value);

const peopleRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/people',
  validateSearch: (search: Record<string, unknown>): PeopleSearch => ({
    q: text(search.q),
    state: among(states, search.state),
    sort: among(sorts, search.sort),
    person: text(search.person),
  }),
  loaderDeps: ({ search: { q, state, sort } }) => ({ q, state, sort }),
  loader: ({ context, deps }) => context.queryClient.ensureInfiniteQueryData(peopleQuery(deps)),
  component: lazyRouteComponent(() => import('./admin/PeoplePage'), 'PeoplePage'),
});

const invitationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/people/invitations',
  loader: ({ context }) => context.queryClient.ensureQueryData(invitationsQuery),
  component: lazyRouteComponent(() => import('./admin/InvitationsPage'), 'InvitationsPage'),
});

const tokensRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/people/tokens',
  loader: ({ context }) => context.queryClient.ensureQueryData(tokensQuery),
  component: lazyRouteComponent(() => import('./admin/TokensPage'), 'TokensPage'),
});

export interface PeopleSearch {
  q?: string | undefined;
  state?: (typeof states)[number] | undefined;
  sort?: (typeof sorts)[number] | undefined;
  /** Whose panel is open. */
  person?: string | undefined;
}

export const publicRoutes = [signInRoute, enrolRoute] as const;
export const routes = [meRoute, peopleRoute, invitationsRoute, tokensRoute] as const;
