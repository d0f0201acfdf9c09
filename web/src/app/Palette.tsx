// The palette is no part of the first load: it comes once the page is at rest, or when it is asked for before that.
import { lazy, Suspense, useEffect, useRef } from 'react';

const load = () => import('./palette/PaletteDialog');
const PaletteDialog = lazy(load);

export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const wanted = useRef(false);
  wanted.current ||= opened;
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => undefined), 1500); // offline: asking for it says so
    return () => clearTimeout(timer);
  }, []);
  if (!wanted.current) return null;
  return (
    <Suspense fallback={opened ? <Loading /> : null}>
      <PaletteDialog opened={opened} onClose={onClose} />
    </Suspense>
  );
}

/** Holds the keys of the page still: what is typed already is meant for the palette. */
function Loading() {
  return <div role="dialog" aria-modal="true" hidden />;
}
