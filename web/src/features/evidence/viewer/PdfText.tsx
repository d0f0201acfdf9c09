// The text that a PDF carries, page by page, as plain words: what a screen reader reads, and what can be copied.
import { Plural, Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { PDFDocumentProxy } from './pdfjs';
import { textOfPage } from './pdfText';
import classes from './Viewer.module.css';

const at = 20;

export function PdfText({ document }: { document: PDFDocumentProxy }) {
  const [wanted, setWanted] = useState(at);
  const [pages, setPages] = useState<readonly string[]>([]);
  const last = Math.min(wanted, document.numPages);
  useEffect(() => {
    let here = true;
    void Promise.all(Array.from({ length: last }, (_, index) => textOfPage(document, index + 1))).then(
      (texts) => here && setPages(texts),
      () => {}, // the document was closed meanwhile
    );
    return () => void (here = false);
  }, [document, last]);
  const left = document.numPages - last;
  if (pages.length > 0 && pages.every((text) => text === '')) {
    return <div className={classes.words}><p><Trans>These pages are pictures: they carry no text.</Trans></p></div>;
  }
  return (
    <div className={classes.words} tabIndex={0}>
      {pages.map((text, index) => {
        const number = index + 1;
        return (
          <section key={number}>
            <h3><Trans>Page {number}</Trans></h3>
            <p dir="auto">{text}</p>
          </section>
        );
      })}
      {left > 0 && (
        <Button variant="default" onClick={() => setWanted((count) => count + at)}>
          <Plural value={left} one="Show # more page" other="Show # more pages" />
        </Button>
      )}
    </div>
  );
}
