// The reader of the API's own description, for whoever writes a client. Public, as the description is.
import { msg } from '@lingui/core/macro';
import { IconApi } from '@tabler/icons-react';
import type { Feature } from '../../base/feature';
import { routes } from './routes';

export { routes as referenceRoutes };

export const reference: Feature = {
  routes,
  actions: [
    {
      id: 'reference.go',
      group: 'go',
      label: msg`Reference of the API`,
      keywords: msg({ message: 'openapi rest client program interface', comment: 'Other words for the reference of the API; in Chinese add pinyin' }),
      icon: IconApi,
      perform: ({ navigate }) => void navigate({ to: '/api' }),
    },
  ],
};
