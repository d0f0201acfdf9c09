// A list never moves under the pointer: rows that come in while somebody is at it wait behind "4 new, show"; rows on
// screen change where they stand and carry an edge until they are seen. Nobody there: the list follows at once.
import { type RefObject, useCallback, useMemo, useRef, useState } from 'react';

interface Steady<Row> {
  rows: readonly Row[];
  /** Rows that wait. */
  waiting: number;
  show: () => void;
}

export function useSteadyRows<Row>(
  incoming: readonly Row[], rowId: (row: Row) => string, order: string | undefined, scroller: RefObject<HTMLElement | null>,
): Steady<Row> {
  const shown = useRef<{ order: string | undefined; ids: string[] }>({ order, ids: [] });
  const [accepted, setAccepted] = useState(0);
  const show = useCallback(() => setAccepted((count) => count + 1), []);
  const lastAccepted = useRef(accepted);
  return useMemo(() => {
    const ids = incoming.map(rowId);
    const place = scroller.current;
    const somebodyThere = place !== null && (place.matches(':hover') || place.contains(document.activeElement));
    const before = shown.current;
    if (!somebodyThere || before.order !== order || lastAccepted.current !== accepted || before.ids.length === 0) {
      shown.current = { order, ids };
      lastAccepted.current = accepted;
      return { rows: incoming, waiting: 0, show };
    }
    // Known rows stay in their order; what comes after the last known one is the next page.
    const byId = new Map(incoming.map((row) => [rowId(row), row]));
    const kept = before.ids.filter((id) => byId.has(id));
    const known = new Set(kept);
    const end = ids.findLastIndex((id) => known.has(id));
    const next = ids.slice(end + 1).filter((id) => !known.has(id));
    shown.current = { order, ids: [...kept, ...next] };
    return { rows: shown.current.ids.map((id) => byId.get(id)!), waiting: ids.length - shown.current.ids.length, show };
  }, [incoming, rowId, order, accepted, scroller, show]);
}
