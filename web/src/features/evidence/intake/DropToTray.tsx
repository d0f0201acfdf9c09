// Files dropped on another page of the case: they lie in the tray when its page opens.
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DropEverywhere } from './DropEverywhere';
import { gatherDrop } from './tray/gather';

interface Props {
  space: string;
  /** The exhibit that they join. */
  exhibit?: string;
  children?: ReactNode;
}

export function DropToTray({ space, exhibit, children }: Props) {
  const navigate = useNavigate();
  const drop = (data: DataTransfer) => {
    const tray = import('./tray/tray').then(({ trayOf }) => trayOf(space));
    const work = gatherDrop(data, (files) => void tray.then((one) => one.take(files)));
    void tray.then((one) => one.gather(work));
    void navigate({ to: '/cases/$space/intake', params: { space }, search: { exhibit } });
  };
  return <DropEverywhere onDrop={drop}>{children}</DropEverywhere>;
}
