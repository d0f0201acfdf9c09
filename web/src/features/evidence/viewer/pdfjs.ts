// pdf.js, loaded when the first PDF is opened. It draws on a canvas of ours; nothing of a file is ever run. Character
// maps, fonts and decoders are our own files (vite.config.ts puts them there), never fetched from elsewhere; decoders are
// plain script, because the content policy gives WebAssembly to nobody.
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy, version } from 'pdfjs-dist/legacy/build/pdf.mjs';
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

GlobalWorkerOptions.workerSrc = workerUrl;
const home = import.meta.env.DEV ? '/node_modules/pdfjs-dist/' : `/assets/pdfjs-${version}/`;

/** Opens the PDF at @url; pages are fetched as they are needed. */
export function openPdf(url: string): { document: Promise<PDFDocumentProxy>; close: () => void } {
  const task = getDocument({
    url,
    cMapUrl: `${home}cmaps/`,
    standardFontDataUrl: `${home}standard_fonts/`,
    wasmUrl: `${home}wasm/`,
    iccUrl: `${home}iccs/`,
    useWasm: false,
    enableXfa: false,
    withCredentials: false,
    rangeChunkSize: 1 << 18,
  });
  return { document: task.promise, close: () => void task.destroy() };
}

export type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
