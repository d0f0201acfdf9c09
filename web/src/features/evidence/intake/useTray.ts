import { useSyncExternalStore } from 'react';
import type { Snapshot } from './tray/snapshot';
import { type Tray, trayOf } from './tray/tray';

export function useTray(space: string): { tray: Tray; shown: Snapshot } {
  const tray = trayOf(space);
  return { tray, shown: useSyncExternalStore(tray.subscribe, tray.current) };
}
