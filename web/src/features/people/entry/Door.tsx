// Signing in: with a passkey of this device, with one on another device, or not at all.
import { Trans } from '@lingui/react/macro';
import { Button, UnstyledButton } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorState } from '../../../base/states/ErrorState';
import { nodeQuery } from '../queries';
import classes from './Door.module.css';
import { useSignIn } from './useSignIn';

/** @filled: the one next step of this page; beside an open invitation it is not. */
export function Door({ filled }: { filled: boolean }) {
  const { data: node } = useSuspenseQuery(nodeQuery);
  const [lost, setLost] = useState(false);
  const signIn = useSignIn();
  return (
    <div className={classes.door}>
      <p className={classes.authority}><bdi>{node.title}</bdi></p>
      <h1 className={classes.title}><Trans>Sign in</Trans></h1>
      <p className={classes.lead}><Trans>With your face, finger, PIN or security key. There is no password.</Trans></p>
      <Button
        fullWidth size="xl" fz={20} variant={filled ? 'filled' : 'default'} loading={signIn.isPending}
        leftSection={<IconFingerprint size={24} stroke={1.7} />} onClick={() => signIn.mutate({ elsewhere: false })}
      >
        <Trans>Continue with a passkey</Trans>
      </Button>
      <div className={classes.ways}>
        <UnstyledButton className={classes.way} onClick={() => signIn.mutate({ elsewhere: true })}>
          <Trans>My passkey is on another device</Trans>
        </UnstyledButton>
        <UnstyledButton className={classes.way} aria-expanded={lost} onClick={() => setLost(!lost)}>
          <Trans>I have lost my passkey</Trans>
        </UnstyledButton>
      </div>
      {lost && (
        <p className={classes.lost} role="status">
          <Trans>Ask your administrator for a new invitation link. They will want to see you or hear you first. Your cases stay as they are.</Trans>
        </p>
      )}
      {signIn.error && <ErrorState error={signIn.error} />}
      <dl className={classes.facts}>
        <dt><Trans>This is</Trans></dt>
        <dd><bdi dir="ltr">{location.host}</bdi></dd>
        <dt><Trans>Good to know</Trans></dt>
        <dd><Trans>Your passkey works at this address only. If it does not answer, you are in the wrong place.</Trans></dd>
        {node.test_node && (
          <>
            <dt><Trans>Test node</Trans></dt>
            <dd><Trans>Nothing that is signed here binds anybody.</Trans></dd>
          </>
        )}
      </dl>
    </div>
  );
}
