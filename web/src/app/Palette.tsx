// The palette is loaded when it is first asked for.
import { lazy, Suspense, useRef } from 'react';

const PaletteDialog = lazy(() => import('./palette/PaletteDialog'));

export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const wanted = useRef(false);
  wanted.current ||= opened;
  if (!wanted.current) return null;
  return (
    <Suspense fallback={null}>
      <PaletteDialog opened={opened} onClose={onClose} />
    </Suspense>
  );
}
