// Beside the door, for whoever comes without a link: how a person gets in here.
import { Trans } from '@lingui/react/macro';
import classes from './Invitation.module.css';
import { Steps } from './Steps';

export function HowInvitationsWork() {
  return (
    <div>
      <h2 className={classes.title}><Trans>New here?</Trans></h2>
      <p className={classes.lead}><Trans>Your administrator gives you a link. It works once, within three days.</Trans></p>
      <Steps
        steps={[
          { state: 'later', title: <Trans>Open the link</Trans>, reason: <Trans>It says who you are here. Check that it is right.</Trans> },
          {
            state: 'later',
            title: <Trans>Make a passkey on this device</Trans>,
            reason: <Trans>It never leaves the device. With it you sign in, and you confirm legal acts in your own name.</Trans>,
          },
          {
            state: 'later',
            title: <Trans>Add a second one</Trans>,
            reason: <Trans>A phone or a security key, for the day when you lose the first.</Trans>,
          },
        ]}
      />
    </div>
  );
}
