// Files and folders can be dropped anywhere on the page: while they are held over it, it says what will become of them.
import { Trans } from '@lingui/react/macro';
import { IconUpload } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import classes from './DropEverywhere.module.css';

const withFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

interface Props {
  /** Called while the drop event runs. */
  onDrop: (data: DataTransfer) => void;
  children?: ReactNode;
}

/** @children: what dropping does, in a few words. */
export function DropEverywhere({ onDrop, children }: Props) {
  const [over, setOver] = useState(false);
  const take = useRef(onDrop);
  take.current = onDrop;
  useEffect(() => {
    let depth = 0;
    const leave = () => {
      depth = 0;
      setOver(false);
    };
    const enter = (event: DragEvent) => {
      if (!withFiles(event)) return;
      depth++;
      setOver(true);
    };
    const out = (event: DragEvent) => withFiles(event) && --depth <= 0 && leave();
    const move = (event: DragEvent) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      if (!withFiles(event)) return;
      event.preventDefault(); // or the browser opens the file in place of the page
      leave();
      take.current(event.dataTransfer!);
    };
    const listeners = { dragenter: enter, dragleave: out, dragover: move, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener as EventListener);
    };
  }, []);
  if (!over) return null;
  return createPortal(
    <div className={classes.over} aria-hidden>
      <p className={classes.words}><IconUpload size={24} stroke={1.7} /> {children ?? <Trans>Let go to add the files</Trans>}</p>
    </div>,
    document.body,
  );
}
