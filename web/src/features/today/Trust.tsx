// One line of trust: that everything written here is saved and proven, and when that was last fixed.
import { Plural, Trans } from '@lingui/react/macro';
import type { Schemas } from '../../api/client';
import { MarkShape } from '../../base/marks/StateMark';
import { useFormat } from '../../base/useFormat';
import classes from './Trust.module.css';

export function Trust({ trust }: { trust: Schemas['Today']['trust'] }) {
  const format = useFormat();
  const { anchored_at: anchored, audit, records } = trust;
  const damaged = audit !== null && !audit.ok;
  const at = anchored ? format.dateTime(anchored) : '';
  return (
    <section className={classes.trust} data-damaged={damaged || undefined}>
      <h2 className={classes.title}>
        <MarkShape mark={damaged ? 'damaged' : 'proven'} size={17} />
        {damaged ? <Trans>The last check found damage</Trans> : <Trans>Everything is saved and proven</Trans>}
      </h2>
      <p className={classes.text}>
        {damaged ? (
          <Plural value={audit.findings} one="# place needs your administrator." other="# places need your administrator." />
        ) : anchored ? (
          <Trans>Last proof {at}. <Plural value={records} one="# record" other="# records" />, none is missing.</Trans>
        ) : (
          <Trans><Plural value={records} one="# record" other="# records" />. The first proof of the time is made within ten minutes.</Trans>
        )}
      </p>
    </section>
  );
}
