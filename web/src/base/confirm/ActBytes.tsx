// The act as it will be signed and stored, byte for byte, and the hash that the passkey signs.
import { Trans } from '@lingui/react/macro';
import { Fact, Facts } from '../parts/Card';
import classes from './ConfirmAct.module.css';
import { decode, type Prepared } from './confirmation';

export function ActBytes({ prepared }: { prepared: Prepared }) {
  const text = new TextDecoder().decode(decode(prepared.act));
  return (
    <div className={classes.bytes}>
      <pre dir="ltr" tabIndex={0}>{text}</pre>
      <Facts>
        <Fact term={<Trans>Kind of act</Trans>}><bdi dir="ltr" className="mono">{prepared.type}</bdi></Fact>
        <Fact term={<Trans>What is signed</Trans>}><bdi dir="ltr" className={`mono ${classes.challenge}`}>{prepared.challenge}</bdi></Fact>
      </Facts>
    </div>
  );
}
