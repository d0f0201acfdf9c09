// The node itself, for its administrators: identity, keys, storage, audit.
import { msg } from '@lingui/core/macro';
import { IconServer } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { routes } from './routes';

export { routes as nodeRoutes };

export const node: Feature = {
  routes,
  rail: [{ to: '/node', label: msg`Node`, icon: IconServer, order: 90, foot: true, visible: (me) => me.may['node.admin'] }],
  actions: [
    {
      id: 'node.go',
      group: 'go',
      label: msg`This node`,
      keywords: msg({ message: 'keys storage audit server administration', comment: 'Other words for the page of the node; in Chinese add pinyin' }),
      icon: IconServer,
      available: ({ me }) => me.may['node.admin'],
      perform: ({ navigate }) => void navigate({ to: '/node' }),
    },
  ],
};
