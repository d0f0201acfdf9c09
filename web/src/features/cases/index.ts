// Cases: the list, a case's cover and who works on it.
import { msg } from '@lingui/core/macro';
import { IconFolders, IconFolderPlus } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { routes, spaceRoutes } from './routes';

export { routes as casesRoutes, spaceRoutes as casesSpaceRoutes };

export const cases: Feature = {
  routes: [...routes, ...spaceRoutes],
  rail: [{ to: '/cases', label: msg`Cases`, icon: IconFolders, order: 20 }],
  spaceTabs: [
    { path: '', label: msg`Overview`, order: 10 },
    { path: 'members', label: msg`Members`, order: 90 },
  ],
  actions: [
    {
      id: 'cases.go',
      group: 'go',
      label: msg`Cases`,
      keywords: msg({ message: 'files dossiers list', comment: 'Other words for the list of cases; in Chinese add pinyin' }),
      icon: IconFolders,
      keys: ['KeyG', 'KeyC'],
      perform: ({ navigate }) => void navigate({ to: '/cases' }),
    },
    {
      id: 'cases.open',
      group: 'do',
      label: msg`Open a case`,
      keywords: msg({ message: 'new case file create', comment: 'Other words for opening a case; in Chinese add pinyin' }),
      icon: IconFolderPlus,
      available: ({ me }) => (me.may['case.create'] ? true : msg`Investigators and prosecutors open cases.`),
      perform: ({ navigate }) => void navigate({ to: '/cases', search: { open: true } }),
    },
  ],
};
