// The identity key: while it is on this machine, whoever takes the machine can speak for the node. Taking it off writes it to a
// file under a passphrase and deletes it here.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { StateMark } from '../../base/marks/StateMark';
import { Card } from '../../base/parts/Card';
import { useMe } from '../../base/session';
import { showDone } from '../../base/states/done';
import { ErrorState } from '../../base/states/ErrorState';
import classes from './Node.module.css';
import { type Status, useTakeOffIdentity } from './queries';

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function Identity({ status }: { status: Status }) {
  const [asking, setAsking] = useState(false);
  const here = status.identity.present_on_machine;
  const number = status.identity.card_number;
  return (
    <Card>
      <Stack gap={10} className={classes.body}>
        <StateMark mark={here ? 'waiting' : 'proven'} strong>
          {here ? <Trans>The identity key is on this machine</Trans> : <Trans>The identity key is kept away from this machine</Trans>}
        </StateMark>
        <p>
          {here ? (
            <Trans>It is needed only to sign a new card. Take it off and keep the file in a safe: then nobody who breaks in here can pretend to be this node for good.</Trans>
          ) : (
            <Trans>To sign a new card, bring it back for that moment.</Trans>
          )}
        </p>
        <Group gap={8}>
          {here && <Button onClick={() => setAsking(true)}><Trans>Take the key off</Trans></Button>}
          <Button component="a" href="/api/v1/node/card" download="node.card" variant="default"><Trans>Fetch card {number}</Trans></Button>
        </Group>
      </Stack>
      {asking && <TakeOff onClose={() => setAsking(false)} />}
    </Card>
  );
}

function TakeOff({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const take = useTakeOffIdentity();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { passphrase: '', again: '' },
    validate: {
      passphrase: (value) => (value.length >= 12 ? null : t`At least 12 characters.`),
      again: (value, values) => (value === values.passphrase ? null : t`The two differ.`),
    },
  });
  const submit = ({ passphrase }: { passphrase: string }) =>
    take.mutate(passphrase, {
      onSuccess: (file) => {
        save(file, `${me.node.name}-identity.key`);
        showDone({ text: t`The key is in the file, and no longer here.` });
        onClose();
      },
    });
  return (
    <Modal opened onClose={onClose} size={460} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }} title={<Trans>Take the identity key off</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap={16}>
          {take.error && <ErrorState error={take.error} />}
          <p><Trans>Your browser saves a file. Put it on a stick in a safe. Without file and passphrase this node can never issue a new card.</Trans></p>
          <PasswordInput label={<Trans>Passphrase</Trans>} autoComplete="new-password" data-autofocus key={form.key('passphrase')} {...form.getInputProps('passphrase')} />
          <PasswordInput label={<Trans>Once more</Trans>} autoComplete="new-password" key={form.key('again')} {...form.getInputProps('again')} />
          <Group gap={8}>
            <Button type="submit" size="md" loading={take.isPending}><Trans>Take the key off</Trans></Button>
            <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
