// Live events for components: what changed invalidates the queries that show it. A query key begins with what it is
// about (['cases'], ['spaces', id, 'evidence'], ['people'], ['today']...), so that the table below finds it.
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { connectLive } from './connect';
import type { LiveEvent } from './source';

export interface Line {
  /** undefined while the first answer is awaited. */
  open: boolean | undefined;
  since: number;
}

let line: Line = { open: undefined, since: Date.now() };
const lineListeners = new Set<() => void>();
const eventListeners = new Set<(event: LiveEvent) => void>();

function setLine(next: Line): void {
  line = next;
  for (const listener of lineListeners) listener();
}

/** The keys that @event makes stale. */
function keysOf({ event, space }: LiveEvent): QueryKey[] {
  const topic = event.split('.')[0];
  const inSpace = space ? [['spaces', space]] : [];
  switch (topic) {
    case 'case':
      return [['cases'], ['today'], ...inSpace];
    case 'evidence':
      return [['today'], ['cases'], ...inSpace];
    case 'export':
      return [['today'], ['cases'], ['exports'], ...inSpace];
    case 'upload':
      return [['uploads'], ['today']];
    case 'people':
      return [['people'], ['me']];
    case 'job':
      return [['jobs']];
    case 'notice':
      return [['me'], ['node'], ['today']];
    default:
      return [['today'], ...inSpace];
  }
}

// Many records may come in one moment: what they make stale is gathered for @pause and loaded once.
function gather(client: QueryClient, pause: number): (event: LiveEvent) => void {
  const stale = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (event) => {
    for (const key of keysOf(event)) stale.set(JSON.stringify(key), key);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const queryKey of stale.values()) void client.invalidateQueries({ queryKey });
      stale.clear();
    }, pause);
  };
}

/** Listens while the signed-in part of the app is on screen. */
export function useLiveEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const soon = gather(client, 150);
    const later = gather(client, 3000); // ten thousand files arrive in a row: nobody waits for their count
    return connectLive((message) => {
      if (message.kind === 'line') setLine({ open: message.open, since: message.since });
      if (message.kind === 'missed') void client.invalidateQueries();
      if (message.kind !== 'event') return;
      (message.event.event.startsWith('upload.') ? later : soon)(message.event);
      for (const listener of eventListeners) listener(message.event);
    });
  }, [client]);
}

/** Calls @listener for each live event, for what is more than "load it again": a notice, a mark on a changed row. */
export function useLiveListener(listener: (event: LiveEvent) => void): void {
  useEffect(() => {
    eventListeners.add(listener);
    return () => void eventListeners.delete(listener);
  }, [listener]);
}

export function useLine(): Line {
  return useSyncExternalStore(
    (listener) => (lineListeners.add(listener), () => lineListeners.delete(listener)),
    () => line,
  );
}
