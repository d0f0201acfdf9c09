// Sound and video of the case, played by the browser itself from the ticket. When the ticket runs out in the middle, it
// is opened again (which is recorded) and goes on where it stood.
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { Notice } from '../../../base/states/Notice';
import { useFormat } from '../../../base/useFormat';
import classes from './Viewer.module.css';

interface Props {
  kind: 'audio' | 'video';
  url: string;
  name: string;
  /** Paused and silent: what was asked to be seen was seen for its time. */
  silent?: boolean | undefined;
  onAgain: () => void;
}

export function MediaView({ kind, url, name, silent, onAgain }: Props) {
  const format = useFormat();
  const element = useRef<HTMLMediaElement | null>(null);
  const stood = useRef(0);
  const [failed, setFailed] = useState<string>();
  const [length, setLength] = useState<number>();
  useEffect(() => {
    if (silent) element.current?.pause();
  }, [silent]);
  if (failed === url) {
    return (
      <div className={classes.centre}>
        <Notice kind="error" title={<Trans>This recording cannot be played here</Trans>} action={<Button variant="default" onClick={onAgain}><Trans>Open it again</Trans></Button>}>
          <Trans>The file itself is unchanged. The link to it may have run out, or this browser does not know its kind. You can fetch it as it is under “Original”.</Trans>
        </Notice>
      </div>
    );
  }
  const shared = {
    ref: (place: HTMLMediaElement | null) => void (element.current = place),
    src: url, controls: true, preload: 'metadata', 'aria-label': name, muted: silent ?? false,
    controlsList: 'nodownload noremoteplayback',
    onTimeUpdate: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => void (stood.current = currentTarget.currentTime || stood.current),
    onLoadedMetadata({ currentTarget }: SyntheticEvent<HTMLMediaElement>) {
      setLength(currentTarget.duration);
      if (stood.current > 0) currentTarget.currentTime = stood.current;
    },
    onError: () => setFailed(url),
  } as const;
  const span = length && Number.isFinite(length) ? format.span(Math.max(1000, length * 1000)) : '';
  return (
    <div className={classes.stage}>
      <div className={classes.media} data-kind={kind}>
        {kind === 'video' ? <video {...shared} playsInline disablePictureInPicture /> : <audio {...shared} />}
        <p className="meta"><bdi>{name}</bdi>{span && <> · {span}</>}</p>
      </div>
    </div>
  );
}
