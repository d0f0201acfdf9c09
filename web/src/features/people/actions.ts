import { msg } from '@lingui/core/macro';
import { IconDeviceDesktop, IconMail, IconUsers } from '@tabler/icons-react';
import type { Action } from '../../base/actions';

export const actions: readonly Action[] = [
  {
    id: 'me.go',
    group: 'go',
    label: msg`My sessions and passkeys`,
    keywords: msg({ message: 'account sign out device key', comment: 'Other words for one\'s own account; in Chinese add pinyin' }),
    icon: IconDeviceDesktop,
    perform: ({ navigate }) => void navigate({ to: '/me' }),
  },
  {
    id: 'people.go',
    group: 'go',
    label: msg`People`,
    keywords: msg({ message: 'accounts users administration', comment: 'Other words for the list of people; in Chinese add pinyin' }),
    icon: IconUsers,
    available: ({ me }) => me.may['people.invite'],
    perform: ({ navigate }) => void navigate({ to: '/people' }),
  },
  {
    id: 'invitations.go',
    group: 'go',
    label: msg`Invitations`,
    keywords: msg({ message: 'invite link enrol', comment: 'Other words for the list of invitations; in Chinese add pinyin' }),
    icon: IconMail,
    available: ({ me }) => me.may['people.invite'],
    perform: ({ navigate }) => void navigate({ to: '/people/invitations' }),
  },
];
