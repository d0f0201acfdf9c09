// A word searched for in a PDF: all its places, one of them the current. Pages are read one after the other, so that
// the first hits are there at once.
import { useEffect, useState } from 'react';
import { type Hit, hitsOnPage } from './pdfText';
import type { PDFDocumentProxy } from './pdfjs';

export interface Find {
  word: string;
  setWord: (word: string) => void;
  hits: readonly Hit[];
  /** Which hit is the current one; -1 where there is none. */
  at: number;
  go: (step: 1 | -1) => void;
}

export function usePdfFind(document: PDFDocumentProxy | undefined): Find {
  const [word, setWord] = useState('');
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [at, setAt] = useState(-1);
  useEffect(() => {
    setHits([]);
    setAt(-1);
    if (!document || word.trim().length < 2) return;
    let wanted = true;
    void (async () => {
      for (let page = 1; page <= document.numPages && wanted; page++) {
        const found = await hitsOnPage(document, page, word.trim());
        if (!wanted || found.length === 0) continue;
        setHits((before) => [...before, ...found]);
        setAt((before) => (before < 0 ? 0 : before));
      }
    })().catch(() => {}); // the document was closed meanwhile
    return () => void (wanted = false);
  }, [document, word]);
  const go = (step: 1 | -1) => setAt((before) => (hits.length === 0 ? -1 : (before + step + hits.length) % hits.length));
  return { word, setWord, hits, at, go };
}
