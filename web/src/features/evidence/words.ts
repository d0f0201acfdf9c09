// The kinds of exhibits and the ways of obtaining them, in words and signs.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  IconDatabase, IconDeviceMobile, IconFile, IconFileText, IconMessages, IconMicrophone, IconPhoto, IconVideo, IconWorldWww,
} from '@tabler/icons-react';
import type { Schemas } from '../../api/client';
import type { Icon } from '../../base/feature';
import type { ExhibitType } from './queries';

export type How = Schemas['ObtainedHow'];

export const typeWords: Record<ExhibitType, { word: MessageDescriptor; icon: Icon }> = {
  document: { word: msg({ message: 'Document', context: 'kind of exhibit' }), icon: IconFileText },
  image: { word: msg({ message: 'Image', context: 'kind of exhibit' }), icon: IconPhoto },
  video: { word: msg({ message: 'Video', context: 'kind of exhibit' }), icon: IconVideo },
  audio: { word: msg({ message: 'Sound recording', context: 'kind of exhibit' }), icon: IconMicrophone },
  device_extract: { word: msg({ message: 'Extract of a device', context: 'kind of exhibit' }), icon: IconDeviceMobile },
  disk_image: { word: msg({ message: 'Image of a disk', context: 'kind of exhibit' }), icon: IconDatabase },
  web_capture: { word: msg({ message: 'Page of the web', context: 'kind of exhibit' }), icon: IconWorldWww },
  message_export: { word: msg({ message: 'Messages', context: 'kind of exhibit' }), icon: IconMessages },
  other: { word: msg({ message: 'Other', context: 'kind of exhibit' }), icon: IconFile },
};

export const howWords: Record<How, MessageDescriptor> = {
  search: msg({ message: 'Search', context: 'how evidence was obtained' }),
  seizure: msg({ message: 'Seizure', context: 'how evidence was obtained' }),
  handed_over: msg({ message: 'Handed over', context: 'how evidence was obtained' }),
  witness: msg({ message: 'From a witness', context: 'how evidence was obtained' }),
  victim: msg({ message: 'From a victim', context: 'how evidence was obtained' }),
  provider: msg({ message: 'From a provider', context: 'how evidence was obtained' }),
  open_source: msg({ message: 'From open sources', context: 'how evidence was obtained' }),
  authority: msg({ message: 'From another authority', context: 'how evidence was obtained' }),
  undercover: msg({ message: 'Covert investigation', context: 'how evidence was obtained' }),
  other: msg({ message: 'In another way', context: 'how evidence was obtained' }),
};

export const hows = Object.keys(howWords) as How[];
