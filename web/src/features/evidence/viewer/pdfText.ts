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
  fontName: string;
}

interface PageText {
  pieces: Piece[];
  /** serif, sans-serif or monospace, by the name of the font in the file. */
  family: (fontName: string) => string;
}

const cache = new WeakMap<PDFDocumentProxy, Map<number, Promise<PageText>>>();

async function load(document: PDFDocumentProxy, page: number): Promise<PageText> {
  const content = await (await document.getPage(page)).getTextContent();
  const pieces = content.items.filter((item): item is Piece & typeof item => 'str' in item);
  return { pieces, family: (fontName) => content.styles[fontName]?.fontFamily ?? 'serif' };
}

/** The pieces of text on @page; each page is read once. */
function textOf(document: PDFDocumentProxy, page: number): Promise<PageText> {
  let pages = cache.get(document);
  if (!pages) cache.set(document, (pages = new Map()));
  let pieces = pages.get(page);
  if (!pieces) pages.set(page, (pieces = load(document, page)));
  return pieces;
}

export async function textOfPage(document: PDFDocumentProxy, page: number): Promise<string> {
  const { pieces } = await textOf(document, page);
  return pieces.map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join('').trim();
}

const fold = (text: string): string => text.normalize('NFKC').toLocaleLowerCase();

let ruler: CanvasRenderingContext2D | null | undefined;

/** How far into @text its first @letters reach, as a share of its width. */
function shareOf(text: string, letters: number, family: string): number {
  ruler ??= globalThis.document.createElement('canvas').getContext('2d');
  if (!ruler) return letters / text.length;
  ruler.font = `100px ${family}`;
  return ruler.measureText(text.slice(0, letters)).width / (ruler.measureText(text).width || 1);
}

/** Where @word stands on @page, in reading order. */
export async function hitsOnPage(document: PDFDocumentProxy, page: number, word: string): Promise<Hit[]> {
  const needle = fold(word);
  const hits: Hit[] = [];
  const { pieces, family } = await textOf(document, page);
  const viewport = (await document.getPage(page)).getViewport({ scale: 1 });
  for (const { str, transform, width, height, fontName } of pieces) {
    const hay = fold(str);
    // Where folding changed the length, letters of both are matched by their place.
    const reach = (letters: number) => width * shareOf(hay.length === str.length ? str : hay, letters, family(fontName));
    for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
      const from = transform[4]! + reach(at);
      const to = transform[4]! + reach(at + needle.length);
      const y = transform[5]! - height * 0.25;
      const [x1, y1] = viewport.convertToViewportPoint(from, y) as [number, number];
      const [x2, y2] = viewport.convertToViewportPoint(to, y + height * 1.25) as [number, number];
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
