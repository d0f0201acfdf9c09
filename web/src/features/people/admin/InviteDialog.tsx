// Inviting: who, with which roles; then the link, this once.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ErrorState } from '../../../base/states/ErrorState';
import { LinkOnce } from './LinkOnce';
import { PersonFields, type PersonValues } from './PersonFields';
import { useInvite } from './queries';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const invite = useInvite();
  const form = useForm<PersonValues>({
    mode: 'uncontrolled',
    initialValues: { name: '', title: '', affiliation: '', roles: [], admin: false },
    validate: { name: (name) => (name.trim() ? null : t`Say who is invited.`) },
    transformValues: (values) => ({ ...values, name: values.name.trim() }),
  });
  const made = invite.data;
  return (
    <Modal
      opened onClose={onClose} size={480} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }}
      title={made ? <Trans>The invitation is made</Trans> : <Trans>Invite a person</Trans>}
    >
      {made ? (
        <LinkOnce link={made.link} expires={made.expires} onClose={onClose} />
      ) : (
        <form onSubmit={form.onSubmit((values) => invite.mutate(values))}>
          <Stack gap={16}>
            {invite.error && <ErrorState error={invite.error} />}
            <PersonFields form={form} />
            <Group gap={8}>
              <Button type="submit" size="md" loading={invite.isPending}><Trans>Make the link</Trans></Button>
              <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
