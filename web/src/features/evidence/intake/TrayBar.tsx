// One bar and one time left for all files: taken in, on the way, waiting, and those that need somebody.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconAlertCircle } from '@tabler/icons-react';
import { MarkShape } from '../../../base/marks/StateMark';
import { useFormat } from '../../../base/useFormat';
import type { Snapshot } from './tray/snapshot';
import classes from './Intake.module.css';

export function TrayBar({ shown }: { shown: Snapshot }) {
  const { t } = useLingui();
  const format = useFormat();
  const { need, moving, waiting, arrived, count } = shown;
  const broken = need.filter((file) => file.state === 'broken').length;
  const there = count - moving.length - waiting.length - broken;
  const parts = [
    ['arrived', there], ['moving', moving.length], ['waiting', waiting.length], ['need', broken],
  ] as const;
  const share = format.percent(shown.bytes > 0 ? shown.sent / shown.bytes : 1);
  const sent = format.bytes(shown.sent);
  const bytes = format.bytes(shown.bytes);
  const rate = format.bytes(shown.rate);
  const left = shown.left === undefined ? '' : format.span(Math.max(1000, shown.left));
  const going = moving.length > 0;
  return (
    <div className={classes.progress}>
      <div className={classes.bar} role="progressbar" aria-label={t`Taken in`} aria-valuemin={0} aria-valuemax={count} aria-valuenow={there} aria-valuetext={share}>
        {parts.map(([name, files]) => files > 0 && <span key={name} data-part={name} style={{ flexGrow: files }} />)}
      </div>
      <div className={classes.legend}>
        <span><MarkShape mark="proven" size={14} /><Plural value={arrived.length} one={<Trans><b>#</b> taken in</Trans>} other={<Trans><b>#</b> taken in</Trans>} /></span>
        {going && <span><i data-part="moving" /><Plural value={moving.length} one={<Trans><b>#</b> on the way</Trans>} other={<Trans><b>#</b> on the way</Trans>} /></span>}
        {waiting.length > 0 && <span><i data-part="waiting" /><Plural value={waiting.length} one={<Trans><b>#</b> waiting</Trans>} other={<Trans><b>#</b> waiting</Trans>} /></span>}
        {need.length > 0 && (
          <span data-need={broken > 0 ? 'red' : 'amber'}><IconAlertCircle size={16} stroke={1.8} /><Plural value={need.length} one={<Trans><b>#</b> needs you</Trans>} other={<Trans><b>#</b> need you</Trans>} /></span>
        )}
        <span className={classes.sum}>
          <Trans>{sent} of {bytes}</Trans>
          {going && shown.rate > 0 && <> · <Trans>{rate}/s</Trans></>}
          {going && left && <> · <Trans>{left} left</Trans></>}
          {shown.paused && <> · <Trans>paused</Trans></>}
        </span>
      </div>
    </div>
  );
}
