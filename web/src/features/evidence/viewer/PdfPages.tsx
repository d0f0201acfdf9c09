// The pages of a PDF, one under the other; only those near the screen are drawn. Thumbnails at the start where there is
// room; [ and ] turn pages, N and P go from hit to hit.
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../../../base/keys/registry';
import { PageTools } from './PageTools';
import { PdfFindTools } from './PdfFindTools';
import { PdfPage } from './PdfPage';
import type { PDFDocumentProxy } from './pdfjs';
import { PdfPageTools } from './PdfPageTools';
import { Tools } from './Tools';
import { usePdfFind } from './usePdfFind';
import { useViewState } from './useViewState';
import classes from './Viewer.module.css';

const gap = 20;
const thumb = 60;

export function PdfPages({ document, thumbs }: { document: PDFDocumentProxy; thumbs: boolean }) {
  const { t } = useLingui();
  const view = useViewState();
  const find = usePdfFind(document);
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width: room } = useElementSize<HTMLDivElement>();
  const ratios = useRef<number[]>([]);
  const [, redraw] = useState(0);
  const width = Math.max(120, Math.round(Math.min(room - 32, 920) * view.zoom));
  const upright = view.turn % 180 === 0;
  const ratioOf = (index: number) => ratios.current[index] ?? ratios.current[0] ?? (upright ? Math.SQRT2 : Math.SQRT1_2);

  const rows = useVirtualizer({
    count: document.numPages,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => width * ratioOf(index) + gap,
    overscan: 1,
    paddingStart: gap,
  });
  useEffect(() => rows.measure(), [rows, width]);
  useEffect(() => {
    ratios.current = [];
    rows.measure();
  }, [rows, view.turn]);
  const items = rows.getVirtualItems();
  const middle = (rows.scrollOffset ?? 0) + (scroller.current?.clientHeight ?? 0) / 2;
  const page = (items.find((item) => item.end > middle) ?? items.at(-1))?.index ?? 0;
  const go = (index: number) => rows.scrollToIndex(Math.max(0, Math.min(document.numPages - 1, index)), { align: 'start' });
  const current = find.hits[find.at];
  useEffect(() => {
    if (current) rows.scrollToIndex(current.page - 1, { align: 'center' });
  }, [rows, current]);
  useKeys([
    { chord: ['BracketRight'], label: msg`Next page`, run: () => go(page + 1) },
    { chord: ['BracketLeft'], label: msg`Previous page`, run: () => go(page - 1) },
    { chord: ['KeyN'], label: msg`Next hit`, run: () => find.go(1) },
    { chord: ['KeyP'], label: msg`Previous hit`, run: () => find.go(-1) },
  ]);
  const knows = (index: number) => (ratio: number) => {
    if (ratios.current[index] === ratio) return;
    ratios.current[index] = ratio;
    rows.resizeItem(index, width * ratio + gap);
    redraw((count) => count + 1);
  };

  return (
    <>
      <Tools>
        <PdfFindTools find={find} />
        <PdfPageTools page={page + 1} pages={document.numPages} onGo={(number) => go(number - 1)} />
        <PageTools view={view} />
      </Tools>
      {thumbs && document.numPages > 1 && <Thumbs document={document} page={page} onGo={go} />}
      <div ref={useMergedRef(scroller, measured)} className={classes.stage} data-dim={view.dim || undefined} tabIndex={0} role="region" aria-label={t`Pages`}>
        {room > 0 && (
          <div className={classes.roll} style={{ height: rows.getTotalSize(), minWidth: width + 32 }}>
            {items.map((item) => (
              <div key={item.key} className={classes.rolled} style={{ transform: `translateY(${item.start}px)` }}>
                <PdfPage
                  document={document} page={item.index + 1} width={width} turn={view.turn} onRatio={knows(item.index)}
                  hits={find.hits.filter((hit) => hit.page === item.index + 1)} current={current}
                />
              </div>
            ))}
          </div>
        )}
      </div>
    </>
  );
}

function Thumbs({ document, page, onGo }: { document: PDFDocumentProxy; page: number; onGo: (index: number) => void }) {
  const { t } = useLingui();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: document.numPages, getScrollElement: () => scroller.current, estimateSize: () => thumb * Math.SQRT2 + 28, overscan: 3, paddingStart: 12,
  });
  useEffect(() => rows.scrollToIndex(page, { align: 'auto' }), [rows, page]);
  return (
    <div ref={scroller} className={classes.strip} role="group" aria-label={t`All pages`}>
      <div className={classes.roll} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const number = item.index + 1;
          return (
            <UnstyledButton
              key={item.key} className={classes.thumb} style={{ transform: `translateY(${item.start}px)` }} tabIndex={item.index === page ? 0 : -1}
              aria-current={item.index === page || undefined} aria-label={t`Page ${number}`} onClick={() => onGo(item.index)}
            >
              <PdfPage document={document} page={number} width={thumb} />
              <span aria-hidden>{number}</span>
            </UnstyledButton>
          );
        })}
      </div>
    </div>
  );
}
