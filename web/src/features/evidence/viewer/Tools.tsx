// The tools of what is on screen stand in the viewer's bar, beside the views.
import { createContext, type ReactNode, useContext } from 'react';
import { createPortal } from 'react-dom';

export const ToolsContext = createContext<HTMLElement | null>(null);

export function Tools({ children }: { children: ReactNode }) {
  const place = useContext(ToolsContext);
  return place ? createPortal(children, place) : null;
}
