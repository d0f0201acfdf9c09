// Smaller, larger, turned, dimmed, on the whole screen.
import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Tooltip } from '@mantine/core';
import { useFullscreenElement } from '@mantine/hooks';
import { IconMaximize, IconMoon, IconRotateClockwise, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ViewState } from './useViewState';
import classes from './Viewer.module.css';

function Tool({ label, pressed, onClick, children }: { label: string; pressed?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={30} aria-label={label} aria-pressed={pressed} onClick={onClick} className={classes.tool}>{children}</ActionIcon>
    </Tooltip>
  );
}

export function PageTools({ view }: { view: ViewState }) {
  const { t } = useLingui();
  const { toggle } = useFullscreenElement();
  return (
    <span className={classes.tools}>
      <Tool label={t`Smaller`} onClick={view.smaller}><IconZoomOut size={18} stroke={1.7} /></Tool>
      <Tool label={t`Larger`} onClick={view.larger}><IconZoomIn size={18} stroke={1.7} /></Tool>
      <Tool label={t`Turn`} onClick={view.turnOn}><IconRotateClockwise size={18} stroke={1.7} /></Tool>
      <Tool label={t`Dim the page`} pressed={view.dim} onClick={view.toggleDim}><IconMoon size={18} stroke={1.7} /></Tool>
      <Tool label={t`Whole screen`} onClick={() => void toggle()}><IconMaximize size={18} stroke={1.7} /></Tool>
    </span>
  );
}
