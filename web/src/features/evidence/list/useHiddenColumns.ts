// Kept in this browser: it says nothing about cases or persons.
import { useCallback, useState } from 'react';
import { type Optional, optional } from './useEvidenceColumns';

const place = 'comity.evidence.hidden';
const usual: readonly Optional[] = ['size', 'added'];

function load(): ReadonlySet<Optional> {
  try {
    const stored = localStorage.getItem(place);
    return new Set(stored === null ? usual : optional.filter((column) => stored.split(' ').includes(column)));
  } catch {
    return new Set(usual); // storage is refused
  }
}

export function useHiddenColumns(): { hidden: ReadonlySet<Optional>; toggle: (column: Optional) => void } {
  const [hidden, setHidden] = useState(load);
  const toggle = useCallback((column: Optional) => {
    setHidden((was) => {
      const next = new Set(was);
      if (!next.delete(column)) next.add(column);
      try {
        localStorage.setItem(place, [...next].join(' '));
      } catch {
        // storage is refused: the choice holds until the page is closed
      }
      return next;
    });
  }, []);
  return { hidden, toggle };
}
