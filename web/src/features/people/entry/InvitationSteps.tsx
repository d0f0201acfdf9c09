// The three steps of an open invitation.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, UnstyledButton } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useState } from 'react';
import { ButtonLink } from '../../../base/parts/ButtonLink';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { useAddPasskey } from '../me/passkeys';
import { useRoleNames } from '../useRoleNames';
import { type OpenInvitation, useEnrol } from './enrolment';
import classes from './Invitation.module.css';
import { SayWrong } from './SayWrong';
import { type Step, Steps } from './Steps';

export function InvitationSteps({ token, invitation }: { token: string; invitation: OpenInvitation }) {
  const { t } = useLingui();
  const format = useFormat();
  const roleName = useRoleNames();
  const enrol = useEnrol(token);
  const second = useAddPasskey();
  const [wrong, setWrong] = useState(false);
  const { name, invited_by: inviter } = invitation;
  const enrolled = enrol.isSuccess;
  const roles = format.list([...invitation.roles.map(roleName), ...(invitation.admin ? [t`administrator`] : [])]);
  const steps: Step[] = [
    {
      state: 'done',
      title: roles ? <Trans>You are <bdi>{name}</bdi>, {roles}</Trans> : <Trans>You are <bdi>{name}</bdi></Trans>,
      reason: (
        <>
          {inviter ? <Trans>Your colleague <bdi>{inviter}</bdi> says so, and the node records it.</Trans> : <Trans>Whoever keeps this node says so, and the node records it.</Trans>}{' '}
          <UnstyledButton component="button" className={classes.link} onClick={() => setWrong(!wrong)} aria-expanded={wrong}><Trans>That is wrong</Trans></UnstyledButton>
        </>
      ),
      body: wrong && <SayWrong token={token} />,
    },
    {
      state: enrolled ? 'done' : 'now',
      title: <Trans>Make a passkey on this device</Trans>,
      reason: <Trans>It never leaves the device. With it you sign in, and you confirm legal acts in your own name.</Trans>,
      body: !enrolled && (
        <>
          <Button
            size="lg" fz={16} loading={enrol.isPending} leftSection={<IconFingerprint size={20} stroke={1.7} />} onClick={() => enrol.mutate()}
          >
            <Trans>Make a passkey</Trans>
          </Button>
          {enrol.error && <div className={classes.form}><ErrorState error={enrol.error} /></div>}
        </>
      ),
    },
    {
      state: second.isSuccess ? 'done' : enrolled ? 'now' : 'later',
      title: <Trans>Add a second one</Trans>,
      reason: <Trans>A phone or a security key, for the day when you lose the first.</Trans>,
      body: enrolled && !second.isSuccess && (
        <>
          <Group gap={8}>
            <Button loading={second.isPending} onClick={() => second.mutate(undefined)}><Trans>Add a second passkey</Trans></Button>
            <ButtonLink variant="default" to="/"><Trans>Not now</Trans></ButtonLink>
          </Group>
          {second.error && <div className={classes.form}><ErrorState error={second.error} /></div>}
        </>
      ),
    },
  ];
  return (
    <div>
      {inviter && <p className={classes.by}><Trans><bdi>{inviter}</bdi> invites you</Trans></p>}
      <h1 className={classes.title}><Trans>Welcome, <bdi>{name}</bdi></Trans></h1>
      <p className={classes.lead}><Trans>Three steps, about two minutes.</Trans></p>
      <Steps steps={steps} />
      {second.isSuccess && <ButtonLink size="lg" to="/"><Trans>Begin</Trans></ButtonLink>}
    </div>
  );
}
