// By invitation link, once: who you are here, a passkey, a second passkey.
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTitle } from '../../../base/page/Page';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { useFormat } from '../../../base/useFormat';
import { Door } from './Door';
import { EntryLayout } from './EntryLayout';
import { InvitationSteps } from './InvitationSteps';
import { invitationQuery, takeToken } from './enrolment';

export function EnrolPage() {
  const { t } = useLingui();
  const format = useFormat();
  useTitle(t`Your invitation`);
  const [token] = useState(takeToken);
  const invitation = useQuery(invitationQuery(token));
  const inviter = invitation.data?.invited_by;
  const until = invitation.data ? format.dateTime(invitation.data.expires) : '';
  return (
    <EntryLayout
      main="invitation"
      door={{ body: <Door filled={false} />, foot: <Trans>What you open here is recorded. After 30 minutes without use you are signed out.</Trans> }}
      invitation={{
        head: (
          <>
            <b><Trans>By invitation link, once</Trans></b>
            {invitation.data && <span className="meta"><Trans>valid until {until}</Trans></span>}
          </>
        ),
        body: invitation.data ? (
          <InvitationSteps token={token} invitation={invitation.data} />
        ) : invitation.error ? (
          <ErrorState error={invitation.error} />
        ) : (
          <Loading rows={4} />
        ),
        foot: inviter ? <Trans>Questions? Ask <bdi>{inviter}</bdi>.</Trans> : <Trans>Questions? Ask the person who gave you the link.</Trans>,
      }}
    />
  );
}
