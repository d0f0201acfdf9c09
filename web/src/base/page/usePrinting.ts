// Whether the page is on its way to paper: what is laid out for a screen (tabs, viewers) gives way to a sheet then.
import { useSyncExternalStore } from 'react';

let printing = false;

function subscribe(changed: () => void): () => void {
  const before = () => ((printing = true), changed());
  const after = () => ((printing = false), changed());
  window.addEventListener('beforeprint', before);
  window.addEventListener('afterprint', after);
  return () => {
    window.removeEventListener('beforeprint', before);
    window.removeEventListener('afterprint', after);
  };
}

export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}
