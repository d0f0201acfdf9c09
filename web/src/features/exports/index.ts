// Exports: packages for a court, the defence, another State.
import { msg } from '@lingui/core/macro';
import { IconPackageExport } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { routes } from './routes';

export { routes as exportsRoutes };

export const exports: Feature = {
  routes,
  spaceTabs: [{ path: 'exports', label: msg`Exports`, order: 50 }],
  actions: [
    {
      id: 'exports.go',
      group: 'go',
      label: msg`Exports of this case`,
      keywords: msg({ message: 'package court defence zip', comment: 'Other words for exports; in Chinese add pinyin' }),
      icon: IconPackageExport,
      available: ({ space }) => Boolean(space),
      perform: ({ navigate, space }) => void navigate({ to: `/cases/${space}/exports` }),
    },
  ],
};
