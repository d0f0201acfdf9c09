// The addresses of evidence: the list of a case, taking in, one exhibit. The address bar holds what is filtered, sorted
// and opened, so that a page can be sent, opened beside and gone back to.
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { spaceRoute } from '../../base/routes';
import { evidenceQuery, type EvidenceSearch, exhibitQuery, sorts, types } from './queries';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const among = <T extends string>(values: readonly T[], value: unknown): T | undefined => values.find((one) => one === value);
const count = (value: unknown): number | undefined => (Number.isInteger(value) && Number(value) > 0 ? Number(value) : undefined);

const evidenceRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'evidence',
  validateSearch: (search: Record<string, unknown>): EvidenceSearch => ({
    q: text(search.q),
    type: among(types, search.type),
    sealed: typeof search.sealed === 'boolean' ? search.sealed : undefined,
    sort: among(sorts, search.sort),
  }),
  loaderDeps: ({ search }) => search,
  loader: ({ context, params, deps }) => context.queryClient.ensureInfiniteQueryData(evidenceQuery(params.space, deps)),
  component: lazyRouteComponent(() => import('./list/EvidencePage'), 'EvidencePage'),
});

export interface IntakeSearch {
  /** The exhibit that the files join. */
  exhibit?: string | undefined;
}

const intakeRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'intake',
  validateSearch: (search: Record<string, unknown>): IntakeSearch => ({ exhibit: text(search.exhibit) }),
  component: lazyRouteComponent(() => import('./intake/IntakePage'), 'IntakePage'),
});

export const views = ['pages', 'text', 'details', 'original'] as const;
export type View = (typeof views)[number];
export const parts = ['custody', 'facts'] as const;

export interface ExhibitSearch {
  /** Which of its files; the first where none is named. */
  file?: number | undefined;
  view?: View | undefined;
  /** Where there is no room beside the viewer: what stands in its place. */
  part?: (typeof parts)[number] | undefined;
}

const exhibitRoute = createRoute({
  getParentRoute: () => spaceRoute,
  path: 'evidence/$exhibit',
  validateSearch: (search: Record<string, unknown>): ExhibitSearch => ({
    file: count(search.file),
    view: among(views, search.view),
    part: among(parts, search.part),
  }),
  loader: ({ context, params }) => context.queryClient.ensureQueryData(exhibitQuery(params.space, params.exhibit)),
  component: lazyRouteComponent(() => import('./exhibit/ExhibitPage'), 'ExhibitPage'),
});

export const routes = [evidenceRoute, intakeRoute, exhibitRoute] as const;
