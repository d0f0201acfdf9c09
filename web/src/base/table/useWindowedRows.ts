// Over 500 rows only those near the screen are drawn; the rest is two gaps of the right height.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback } from 'react';

const threshold = 500;

export function useWindowedRows(count: number, scroller: RefObject<HTMLElement | null>) {
  const windowed = count > threshold;
  const virtual = useVirtualizer({
    count: windowed ? count : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => {
      const row = scroller.current && getComputedStyle(scroller.current).getPropertyValue('--row');
      return Number.parseInt(row || '44', 10);
    },
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const scrollTo = useCallback(
    (index: number) => {
      if (windowed) virtual.scrollToIndex(index);
    },
    [windowed, virtual],
  );
  if (!windowed) return { indexes: Array.from({ length: count }, (_, index) => index), before: 0, after: 0, scrollTo };
  return {
    indexes: items.map((item) => item.index),
    before: items[0]?.start ?? 0,
    after: virtual.getTotalSize() - (items.at(-1)?.end ?? 0),
    scrollTo,
  };
}
