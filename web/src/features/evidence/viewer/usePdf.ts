// A PDF as long as somebody looks at it.
import { useEffect, useState } from 'react';
import type { PDFDocumentProxy } from './pdfjs';

export interface Pdf {
  document: PDFDocumentProxy | undefined;
  error: unknown;
}

export function usePdf(url: string): Pdf {
  const [state, setState] = useState<Pdf & { url: string }>();
  useEffect(() => {
    let wanted = true;
    let close = () => {};
    void (async () => {
      try {
        const { openPdf } = await import('./pdfjs');
        if (!wanted) return;
        const task = openPdf(url);
        close = task.close;
        const document = await task.document;
        if (wanted) setState({ url, document, error: undefined });
      } catch (error) {
        if (wanted) setState({ url, document: undefined, error });
      }
    })();
    return () => {
      wanted = false;
      close();
    };
  }, [url]);
  return state?.url === url ? state : { document: undefined, error: undefined };
}
