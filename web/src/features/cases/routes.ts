import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute, spaceRoute } from '../../base/routes';
import { casesQuery, membersQuery, newestQuery } from './queries';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const among = <T extends string>(values: readonly T[], value: unknown): T | undefined => values.find((one) => one === value);

const statuses = ['open', 'closed', 'all'] as const;
const sorts = ['reference', '-reference', 'title', '-title', 'changed', '-changed', 'status', '-status'] as const;

export interface CasesSearch {
  q?: string | undefined;
  status?: (typeof statuses)[number] | undefined;
  sort?: (typeof sorts)[number] | undefined;
  /** The dialog for a new case is open. */
  open?: true | undefined;
}

const casesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/cases',
  validateSearch: (search: Record<string, unknown>): CasesSearch => ({
    q: text(search.q),
    status: among(statuses, search.status),
    sort: among(sorts, search.sort),
    open: search.open === true ? true : undefined,
  }),
  loaderDeps: ({ search: { q, status, sort } }) => ({ q, status, sort }),
  loader: ({ context, deps }) => context.queryClient.ensureInfiniteQueryData(casesQuery(deps)),
  component: lazyRouteComponent(() => import('./CasesPage'), 'CasesPage'),
});

const overviewRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: '/',
  loader: ({ context: { queryClient }, params: { space } }) =>
    Promise.all([queryClient.ensureQueryData(membersQuery(space)), queryClient.ensureQueryData(newestQuery(space))]),
  component: lazyRouteComponent(() => import('./one/OverviewPage'), 'OverviewPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'members',
  loader: ({ context, params }) => context.queryClient.ensureQueryData(membersQuery(params.space)),
  component: lazyRouteComponent(() => import('./members/MembersPage'), 'MembersPage'),
});

export const routes = [casesRoute] as const;
export const spaceRoutes = [overviewRoute, membersRoute] as const;
