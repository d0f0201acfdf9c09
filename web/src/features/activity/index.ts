// The record of a case: every act, one by one, with its proof.
import { msg } from '@lingui/core/macro';
import { IconHistory } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { routes } from './routes';

export { routes as activityRoutes };

export const activity: Feature = {
  routes,
  spaceTabs: [{ path: 'record', label: msg`Record`, order: 70 }],
  actions: [
    {
      id: 'record.go',
      group: 'go',
      label: msg`The record of this case`,
      keywords: msg({ message: 'history activity log proof', comment: 'Other words for the record; in Chinese add pinyin' }),
      icon: IconHistory,
      available: ({ space }) => Boolean(space),
      perform: ({ navigate, space }) => void navigate({ to: `/cases/${space}/record` }),
    },
  ],
};
