// The rows that changed by somebody else's hand while they were on screen: they carry an edge until they are seen.
import { useCallback, useState } from 'react';
import { useLiveListener } from '../live/live';
import type { LiveEvent } from '../live/source';

export interface ChangedRows {
  changed: ReadonlySet<string>;
  seen: (id: string) => void;
}

/** @event: "evidence.changed"; @space: only of this case; @except: acts that change nothing on the row ("reading.made"). */
export function useChangedRows(event: string, space?: string, except?: string): ChangedRows {
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useLiveListener(
    useCallback(
      (live: LiveEvent) => {
        const { id } = live;
        const meant = live.event === event && (!space || live.space === space) && (!except || live.type !== except);
        if (meant && id) setChanged((was) => new Set(was).add(id));
      },
      [event, space, except],
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
