import { msg } from '@lingui/core/macro';
import { IconFiles, IconUpload } from '@tabler/icons-react';
import type { Action } from '../../base/actions';

export const actions: readonly Action[] = [
  {
    id: 'evidence.add',
    group: 'do',
    label: msg`Add files`,
    keywords: msg({ message: 'upload intake take in evidence', comment: 'Other words for adding files to a case; in Chinese add pinyin' }),
    icon: IconUpload,
    keys: ['KeyU'],
    available: ({ space }) => space !== undefined,
    perform: ({ space, navigate }) => void navigate({ to: `/cases/${space}/intake` }),
  },
  {
    id: 'evidence.go',
    group: 'go',
    label: msg`Evidence of this case`,
    keywords: msg({ message: 'exhibits files proof', comment: 'Other words for the list of exhibits; in Chinese add pinyin' }),
    icon: IconFiles,
    keys: ['KeyG', 'KeyE'],
    available: ({ space }) => space !== undefined,
    perform: ({ space, navigate }) => void navigate({ to: `/cases/${space}/evidence` }),
  },
];
