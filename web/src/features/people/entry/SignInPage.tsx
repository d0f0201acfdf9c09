// The door: one button, two ways out, and the address with what a wrong one means. No check words here: a false page
// could copy them.
import { useLingui } from '@lingui/react/macro';
import { Trans } from '@lingui/react/macro';
import { useTitle } from '../../../base/page/Page';
import { Door } from './Door';
import { EntryLayout } from './EntryLayout';
import { HowInvitationsWork } from './HowInvitationsWork';

export function SignInPage() {
  const { t } = useLingui();
  useTitle(t`Sign in`);
  return (
    <EntryLayout
      main="door"
      door={{ body: <Door filled />, foot: <Trans>What you open here is recorded. After 30 minutes without use you are signed out.</Trans> }}
      invitation={{
        head: <b><Trans>By invitation link, once</Trans></b>,
        body: <HowInvitationsWork />,
        foot: <Trans>Questions? Ask the administrator of your authority.</Trans>,
      }}
    />
  );
}
