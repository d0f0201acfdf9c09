// One page of a PDF on a canvas, with the hits over it. The canvas runs left to right in every language: in a mirrored
// one pdf.js garbles all text.
import { useLingui } from '@lingui/react/macro';
import { useEffect, useRef, useState } from 'react';
import type { PDFDocumentProxy } from './pdfjs';
import type { Hit } from './pdfText';
import classes from './Viewer.module.css';

const mostPixels = 16_000_000; // larger canvases fail on phones

interface Props {
  document: PDFDocumentProxy;
  page: number;
  /** In pixels of the screen. */
  width: number;
  turn?: number;
  hits?: readonly Hit[];
  current?: Hit | undefined;
  /** Told once the page is known: height over width. */
  onRatio?: (ratio: number) => void;
}

export function PdfPage({ document, page, width, turn = 0, hits = [], current, onRatio }: Props) {
  const { t } = useLingui();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [ratio, setRatio] = useState<number>();
  const tell = useRef(onRatio);
  tell.current = onRatio;
  useEffect(() => {
    let wanted = true;
    let stop = () => {};
    void (async () => {
      const proxy = await document.getPage(page);
      const natural = proxy.getViewport({ scale: 1, rotation: (proxy.rotate + turn) % 360 });
      const place = canvas.current;
      if (!wanted || !place) return;
      setRatio(natural.height / natural.width);
      tell.current?.(natural.height / natural.width);
      const sharp = Math.min(window.devicePixelRatio, Math.sqrt(mostPixels / (width * width * (natural.height / natural.width))));
      const viewport = proxy.getViewport({ scale: (width / natural.width) * sharp, rotation: (proxy.rotate + turn) % 360 });
      place.width = Math.floor(viewport.width);
      place.height = Math.floor(viewport.height);
      const task = proxy.render({ canvas: place, viewport });
      stop = () => task.cancel();
      await task.promise;
    })().catch(() => {}); // cancelled: another size or another page is wanted
    return () => {
      wanted = false;
      stop();
    };
  }, [document, page, width, turn]);
  return (
    <div className={classes.paper} style={{ width, height: width * (ratio ?? Math.SQRT2) }}>
      <canvas ref={canvas} dir="ltr" role="img" aria-label={t`Page ${page}`} className={classes.canvas} />
      {turn === 0 && hits.map((hit, at) => (
        <span
          key={at} className={classes.hit} data-current={hit === current || undefined} aria-hidden
          style={{ left: `${hit.left * 100}%`, top: `${hit.top * 100}%`, width: `${hit.width * 100}%`, height: `${hit.height * 100}%` }}
        />
      ))}
    </div>
  );
}
