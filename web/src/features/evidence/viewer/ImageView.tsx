// An image of the case, drawn by the browser itself from its ticket.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { Notice } from '../../../base/states/Notice';
import { PageTools } from './PageTools';
import { Tools } from './Tools';
import { useViewState } from './useViewState';
import classes from './Viewer.module.css';

export function ImageView({ url, name, onAgain }: { url: string; name: string; onAgain: () => void }) {
  const view = useViewState();
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [failed, setFailed] = useState(false);
  const upright = view.turn % 180 === 0;
  const fit = size ? Math.min((width - 48) / (upright ? size.width : size.height), (height - 48) / (upright ? size.height : size.width), 1.5) : 0;
  const drawn = size ? { width: size.width * fit * view.zoom, height: size.height * fit * view.zoom } : { width: 0, height: 0 };
  const box = upright ? drawn : { width: drawn.height, height: drawn.width };
  return (
    <>
      <Tools><PageTools view={view} /></Tools>
      <div ref={ref} className={classes.stage} data-dim={view.dim || undefined} tabIndex={0}>
        {failed ? (
          <div className={classes.centre}>
            <Notice kind="error" title={<Trans>This image cannot be drawn</Trans>} action={<Button variant="default" onClick={onAgain}><Trans>Open it again</Trans></Button>}>
              <Trans>The file itself is unchanged. You can fetch it as it is under “Original”.</Trans>
            </Notice>
          </div>
        ) : (
          <div className={classes.picture} style={{ minWidth: box.width + 48, minHeight: box.height + 48 }}>
            <span style={box}>
              <img
                src={url} alt={name} draggable={false} style={{ ...drawn, transform: `translate(-50%, -50%) rotate(${view.turn}deg)` }}
                onLoad={({ currentTarget }) => setSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })}
                onError={() => setFailed(true)}
              />
            </span>
          </div>
        )}
      </div>
    </>
  );
}
