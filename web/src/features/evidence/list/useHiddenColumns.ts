// Which columns stand. Kept in this browser, since it says nothing about cases or persons; a view that somebody keeps holds
// its own, and only for the page: opening it changes nothing of what this browser keeps.
import { useState } from 'react';
import { type Optional, optional } from './useEvidenceColumns';

const place = 'comity.evidence.hidden';
const usual: readonly Optional[] = ['size', 'added'];

/** In the order of the columns, so that one choice has one text. */
const textOf = (hidden: ReadonlySet<Optional>) => optional.filter((column) => hidden.has(column)).join(' ');
const usualText = textOf(new Set(usual));

function parse(text: string | null): ReadonlySet<Optional> {
  return new Set(text === null ? usual : optional.filter((column) => text.split(' ').includes(column)));
}

function load(): ReadonlySet<Optional> {
  try {
    return parse(localStorage.getItem(place));
  } catch {
    return new Set(usual); // storage is refused
  }
}

function store(hidden: ReadonlySet<Optional>): void {
  try {
    localStorage.setItem(place, textOf(hidden));
  } catch {
    // storage is refused: the choice holds until the page is closed
  }
}

interface HiddenColumns {
  hidden: ReadonlySet<Optional>;
  toggle: (column: Optional) => void;
  /** The same as text, as a view keeps it; undefined: as it comes. */
  hiddenText: string | undefined;
  show: (text: unknown) => void;
}

export function useHiddenColumns(): HiddenColumns {
  const [hidden, setHidden] = useState(load);
  const toggle = (column: Optional) => {
    const next = new Set(hidden);
    if (!next.delete(column)) next.add(column);
    store(next);
    setHidden(next);
  };
  const text = textOf(hidden);
  return {
    hidden,
    toggle,
    hiddenText: text === usualText ? undefined : text || '-', // "-": none is hidden
    show: (wanted) => setHidden(parse(typeof wanted === 'string' ? wanted : null)),
  };
}
