// What is being made and what was made: how far, what stands in the way, and the way to it.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { MarkShape } from '../../../base/marks/StateMark';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { Notice } from '../../../base/states/Notice';
import classes from './Intake.module.css';
import trayClasses from './Tray.module.css';
import type { Made, Snapshot } from './tray/snapshot';
import type { Tray } from './tray/tray';
import type { Plan } from './tray/types';

export function MakingList({ tray, shown }: { tray: Tray; shown: Snapshot }) {
  if (shown.plans.length === 0 && shown.made.length === 0) return null;
  return (
    <div className={classes.making} role="status">
      {shown.made.slice(-3).map((made) => <MadeLine key={made.exhibit + String(made.files)} tray={tray} made={made} />)}
      {shown.made.length > 3 && <p className="meta"><Plural value={shown.made.length} one="# exhibit was made." other="# exhibits were made." /></p>}
      {shown.plans.filter((plan) => plan.stopped).map((plan) => <Stopped key={plan.id} tray={tray} plan={plan} />)}
      <Going shown={shown} />
    </div>
  );
}

function MadeLine({ tray, made }: { tray: Tray; made: Made }) {
  const { t } = useLingui();
  const number = unbroken(made.number);
  const title = made.title;
  return (
    <p className={classes.made}>
      <MarkShape mark="proven" size={16} />
      <span>
        {made.joined ? (
          <Plural
            value={made.files} one={<Trans># file joined <b><bdi dir="ltr">{number}</bdi></b>.</Trans>}
            other={<Trans># files joined <b><bdi dir="ltr">{number}</bdi></b>.</Trans>}
          />
        ) : (
          <Trans><b><bdi dir="ltr">{number}</bdi></b> <bdi>{title}</bdi> is made.</Trans>
        )}
      </span>
      <Link to="/cases/$space/evidence/$exhibit" params={{ space: tray.space, exhibit: made.exhibit }} className={trayClasses.link}><Trans>Open it</Trans></Link>
      <CloseButton size="sm" aria-label={t`Close`} onClick={() => tray.plans.dismiss(made)} />
    </p>
  );
}

/** Files that still have to join exhibits that are being made. */
function Going({ shown }: { shown: Snapshot }) {
  const going = shown.plans.filter((plan) => !plan.stopped);
  if (going.length === 0) return null;
  const ids = new Set(going.map(({ id }) => id));
  const rest = [...shown.need, ...shown.moving, ...shown.waiting, ...shown.arrived].filter(({ plan }) => plan !== null && ids.has(plan)).length;
  const [first] = going;
  const number = going.length === 1 && first?.number ? unbroken(first.number) : '';
  return (
    <p className={classes.made}>
      <MarkShape mark="waiting" size={16} tone="accent" />
      {number ? (
        <Plural
          value={rest} one={<Trans># file joins <b><bdi dir="ltr">{number}</bdi></b> as it arrives.</Trans>}
          other={<Trans># files join <b><bdi dir="ltr">{number}</bdi></b> as they arrive.</Trans>}
        />
      ) : (
        <Plural value={going.length} one="# exhibit is being made." other="# exhibits are being made." />
      )}
    </p>
  );
}

function Stopped({ tray, plan }: { tray: Tray; plan: Plan }) {
  const number = plan.number ? unbroken(plan.number) : '';
  const title = plan.facts?.title ?? '';
  const sealed = plan.stopped?.code === 'exhibit.sealed';
  return (
    <Notice
      kind="error" icon={<MarkShape mark="damaged" />}
      title={number ? <Trans>Nothing more joins {number}</Trans> : <Trans><bdi>{title}</bdi> was not made</Trans>}
      action={
        <span className={classes.choose}>
          {!sealed && <Button variant="default" size="xs" onClick={() => tray.plans.retry(plan)}><Trans>Try again</Trans></Button>}
          <Button variant="default" size="xs" onClick={() => void tray.plans.giveUp(plan)}><Trans>Say anew what these files are</Trans></Button>
        </span>
      }
    >
      {sealed ? <Trans>It was sealed meanwhile. The files are here and unchanged.</Trans> : <>{plan.stopped?.detail} <Trans>The files are here and unchanged.</Trans></>}
    </Notice>
  );
}
