// People: signing in and enrolling, one's own sessions and passkeys, and, for administrators, everybody's accounts.
import { msg } from '@lingui/core/macro';
import { IconUsers } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { actions } from './actions';
import { publicRoutes, routes } from './routes';

export { publicRoutes as peoplePublicRoutes, routes as peopleRoutes };

export const people: Feature = {
  routes,
  rail: [{ to: '/people', label: msg`People`, icon: IconUsers, order: 80, foot: true, visible: (me) => me.may['people.invite'] }],
  actions,
};
