// Today: what needs this person now, what falls due, what they wait for, what happened meanwhile.
import { msg } from '@lingui/core/macro';
import { IconChecklist } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '../../base/feature';
import { shellRoute } from '../../base/routes';
import { todayQuery, useTodayCount } from './queries';

const todayRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  loader: ({ context }) => context.queryClient.ensureQueryData(todayQuery),
  component: lazyRouteComponent(() => import('./TodayPage'), 'TodayPage'),
});

export const todayRoutes = [todayRoute] as const;

export const today: Feature = {
  routes: todayRoutes,
  rail: [{ to: '/', label: msg`Today`, icon: IconChecklist, order: 10, useCount: useTodayCount }],
  actions: [
    {
      id: 'today.go',
      group: 'go',
      label: msg`Today`,
      keywords: msg({ message: 'home start tasks', comment: 'Other words for the page "Today"; in Chinese add pinyin' }),
      icon: IconChecklist,
      keys: ['KeyG', 'KeyT'],
      perform: ({ navigate }) => void navigate({ to: '/' }),
    },
  ],
};
