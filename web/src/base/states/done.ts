// What was just done: a bar in ink for eight seconds, errors until dismissed. "Take it back" only where the act can
// honestly be taken back. One at a time: the newest.
import type { ReactNode } from 'react';
import { useSyncExternalStore } from 'react';

export interface Done {
  text: ReactNode;
  takeBack?: () => void;
  error?: boolean;
}

let current: Done | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function showDone(done: Done | null): void {
  clearTimeout(timer);
  current = done;
  if (done && !done.error) timer = setTimeout(() => showDone(null), 8000);
  for (const listener of listeners) listener();
}

export function useDone(): Done | null {
  return useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), () => current);
}
