// Mantine asks here which scheme was chosen; the choice itself is one of base/preferences.ts.
import type { MantineColorSchemeManager } from '@mantine/core';
import { preferences } from '../base/preferences';

export const colorScheme: MantineColorSchemeManager = {
  get: () => preferences().scheme,
  set: () => {},
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => {},
};
