// The text of a PDF's pages, and where a word stands on them: as shares of the page, so that it holds at any size.
import type { PDFDocumentProxy } from './pdfjs';

export interface Hit {
  page: number;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Piece {
  str: string;
  hasEOL: boolean;
  transform: number[];
  width: number;
  height: number;
}

const cache = new WeakMap<PDFDocumentProxy, Map<number, Promise<Piece[]>>>();

async function load(document: PDFDocumentProxy, page: number): Promise<Piece[]> {
  const content = await (await document.getPage(page)).getTextContent();
  return content.items.filter((item): item is Piece & typeof item => 'str' in item);
}

/** The pieces of text on @page; each page is read once. */
function piecesOf(document: PDFDocumentProxy, page: number): Promise<Piece[]> {
  let pages = cache.get(document);
  if (!pages) cache.set(document, (pages = new Map()));
  let pieces = pages.get(page);
  if (!pieces) pages.set(page, (pieces = load(document, page)));
  return pieces;
}

export async function textOfPage(document: PDFDocumentProxy, page: number): Promise<string> {
  const pieces = await piecesOf(document, page);
  return pieces.map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join('').trim();
}

const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase();

/** Where @word stands on @page, in reading order. */
export async function hitsOnPage(document: PDFDocumentProxy, page: number, word: string): Promise<Hit[]> {
  const needle = fold(word);
  const hits: Hit[] = [];
  const pieces = await piecesOf(document, page);
  const viewport = (await document.getPage(page)).getViewport({ scale: 1 });
  for (const { str, transform, width, height } of pieces) {
    const hay = fold(str);
    if (hay.length === 0) continue;
    const letter = width / hay.length;
    for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
      const x = transform[4]! + at * letter;
      const y = transform[5]! - height * 0.25;
      const [x1, y1] = viewport.convertToViewportPoint(x, y) as [number, number];
      const [x2, y2] = viewport.convertToViewportPoint(x + needle.length * letter, y + height * 1.25) as [number, number];
      hits.push({
        page,
        left: Math.min(x1, x2) / viewport.width,
        top: Math.min(y1, y2) / viewport.height,
        width: Math.abs(x2 - x1) / viewport.width,
        height: Math.abs(y2 - y1) / viewport.height,
      });
    }
  }
  return hits;
}
