// Evidence: what a case holds, taking it in, one exhibit with its files, its way and its proofs.
import { msg } from '@lingui/core/macro';
import type { Feature } from '../../base/feature';
import { actions } from './actions';
import { routes } from './routes';

export { routes as evidenceRoutes };

export const evidence: Feature = {
  routes,
  spaceTabs: [{ path: 'evidence', label: msg`Evidence`, order: 20, also: ['intake'] }],
  actions,
};
