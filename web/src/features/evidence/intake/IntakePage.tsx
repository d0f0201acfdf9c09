// Taking in: the tray of files on one side, what they are on the other. Three things to do: drop, check, make.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconUpload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { Page, useTitle } from '../../../base/page/Page';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useCase } from '../../../base/space';
import { showDone } from '../../../base/states/done';
import { Loading } from '../../../base/states/Loading';
import { Notice } from '../../../base/states/Notice';
import { ChooseFiles } from './ChooseFiles';
import { DropEverywhere } from './DropEverywhere';
import classes from './Intake.module.css';
import { IntakeForm } from './IntakeForm';
import { JoinForm } from './JoinForm';
import { MakingList } from './MakingList';
import { gatherDrop } from './tray/gather';
import { TrayBar } from './TrayBar';
import { TrayList } from './TrayList';
import { useTray } from './useTray';

export function IntakePage() {
  const { t } = useLingui();
  const { id: space, reference, may } = useCase();
  useTitle(t`Taking in, ${reference}`);
  const { exhibit } = useSearch({ from: '/shell/cases/$space/intake' });
  const navigate = useNavigate({ from: '/cases/$space/intake' });
  const { tray, shown } = useTray(space);
  const chooser = useRef<(() => void) | null>(null);
  const chooseAgain = useCallback(() => chooser.current?.(), []);
  useArrival(space);

  if (!may.add_evidence) {
    return (
      <Page>
        <Notice kind="empty" title={<Trans>You may not add files to this case</Trans>}><Trans>Investigators and prosecutors of an open case may.</Trans></Notice>
      </Page>
    );
  }
  const { count, free, leftOut } = shown;
  const nothing = count === 0 && leftOut.length === 0;
  const going = shown.moving.length > 0 || shown.waiting.length > 0;
  const choose = <ChooseFiles onTake={tray.take} opener={chooser} large={nothing} />;
  return (
    <div className={classes.page}>
      <DropEverywhere onDrop={(data) => void tray.gather(gatherDrop(data, tray.take))} />
      <div className={classes.left}>
        {nothing ? (
          <>
            <MakingList tray={tray} shown={shown} />
            <div className={classes.drop}>
              <IconUpload size={28} stroke={1.5} />
              <h1><Trans>Drop files or folders here</Trans></h1>
              <p className={classes.quiet}><Trans>Of any kind and any size. Each is hashed and proven as it arrives; nothing in it is changed.</Trans></p>
              {shown.ready && !shown.gathering ? choose : <Loading rows={2} />}
            </div>
          </>
        ) : (
          <>
            <header className={classes.head}>
              <div>
                <Head going={going} count={count} />
              </div>
              <span className={classes.headActs}>
                {going && (
                  <Button
                    variant="default" leftSection={shown.paused ? <IconPlayerPlay size={18} stroke={1.7} /> : <IconPlayerPause size={18} stroke={1.7} />}
                    onClick={() => (shown.paused ? tray.resume() : tray.pause())}
                  >
                    {shown.paused ? <Trans>Go on</Trans> : <Trans>Pause</Trans>}
                  </Button>
                )}
                {choose}
              </span>
            </header>
            <TrayBar shown={shown} />
            <MakingList tray={tray} shown={shown} />
            <TrayList tray={tray} shown={shown} onChoose={chooseAgain} />
          </>
        )}
      </div>
      {free.length > 0 && (
        exhibit ? (
          <JoinForm tray={tray} exhibit={exhibit} files={free} onInstead={() => void navigate({ search: {} })} />
        ) : (
          <IntakeForm tray={tray} files={free} arriving={going} />
        )
      )}
    </div>
  );
}

function Head({ going, count }: { going: boolean; count: number }) {
  if (going) {
    return (
      <>
        <h1><Plural value={count} one="Taking in # file" other="Taking in # files" /></h1>
        <p className={classes.quiet}><Trans>You can close this page; the tray goes on where it stopped.</Trans></p>
      </>
    );
  }
  if (count === 0) {
    return (
      <>
        <h1><Trans>Nothing waits here</Trans></h1>
        <p className={classes.quiet}><Trans>What was left out is kept for a week, then it is gone.</Trans></p>
      </>
    );
  }
  return (
    <>
      <h1><Plural value={count} one="# file in the tray" other="# files in the tray" /></h1>
      <p className={classes.quiet}><Trans>Say what they are, and the exhibit is made.</Trans></p>
    </>
  );
}

/** When all that was asked for is made and nothing is left to do here: on to it. */
function useArrival(space: string): void {
  const { t } = useLingui();
  const { tray, shown } = useTray(space);
  const navigate = useNavigate();
  const seen = useRef(shown.made.length);
  useEffect(() => {
    if (shown.count > 0 || shown.plans.length > 0 || shown.made.length <= seen.current) return;
    const made = shown.made.slice(seen.current);
    seen.current = shown.made.length;
    const [only] = made;
    for (const one of made) tray.plans.dismiss(one);
    seen.current -= made.length;
    if (made.length === 1 && only) {
      const number = unbroken(only.number);
      showDone({ text: only.joined ? t`The files joined ${number}.` : t`${number} is made.` });
      void navigate({ to: '/cases/$space/evidence/$exhibit', params: { space, exhibit: only.exhibit } });
    } else {
      const count = made.length;
      showDone({ text: <Plural value={count} one="# exhibit is made." other="# exhibits are made." /> });
      void navigate({ to: '/cases/$space/evidence', params: { space } });
    }
  }, [shown, space, tray, navigate, t]);
}
