// Closing a case, or opening it again: why, and what follows.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useCase } from '../../../base/space';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { useCaseStatus } from '../queries';

export function StatusDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const one = useCase();
  const closing = one.status === 'open';
  const change = useCaseStatus(one.id, closing);
  const form = useForm({ mode: 'uncontrolled', initialValues: { reason: '' }, validate: { reason: (reason) => (reason.trim() ? null : t`Say why.`) } });
  const submit = ({ reason }: { reason: string }) =>
    change.mutate(reason.trim(), { onSuccess: () => (showDone({ text: closing ? t`The case is closed.` : t`The case is open again.` }), onClose()) });
  return (
    <Modal
      opened onClose={onClose} size={460} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }}
      title={closing ? <Trans>Close the case</Trans> : <Trans>Open the case again</Trans>}
    >
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap={16}>
          {change.error && <ErrorState error={change.error} />}
          <p>
            {closing ? (
              <Trans>A closed case is read and exported; nothing else is written in it until somebody opens it again.</Trans>
            ) : (
              <Trans>Work goes on as before. That it was closed stays in the record.</Trans>
            )}
          </p>
          <Textarea label={<Trans>Why</Trans>} required autosize minRows={2} maxLength={1000} data-autofocus key={form.key('reason')} {...form.getInputProps('reason')} />
          <Group gap={8}>
            <Button type="submit" size="md" loading={change.isPending}>{closing ? <Trans>Close the case</Trans> : <Trans>Open the case again</Trans>}</Button>
            <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
