// The rows that changed by somebody else's hand while they were on screen: they carry an edge until they are seen.
import { useCallback, useState } from 'react';
import { useLiveListener } from '../live/live';
import type { LiveEvent } from '../live/source';

export interface ChangedRows {
  changed: ReadonlySet<string>;
  seen: (id: string) => void;
}

/** @event: "evidence.changed"; @space: only of this case. */
export function useChangedRows(event: string, space?: string): ChangedRows {
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useLiveListener(
    useCallback(
      (live: LiveEvent) => {
        const { id } = live;
        if (live.event === event && id && (!space || live.space === space)) setChanged((was) => new Set(was).add(id));
      },
      [event, space],
    ),
  );
  const seen = useCallback((id: string) => {
    setChanged((was) => {
      if (!was.has(id)) return was;
      const next = new Set(was);
      next.delete(id);
      return next;
    });
  }, []);
  return { changed, seen };
}
