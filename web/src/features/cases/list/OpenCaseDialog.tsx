import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { ErrorState } from '../../../base/states/ErrorState';
import { CaseFields, type CaseValues } from '../CaseFields';
import { useOpenCase } from '../queries';

export function OpenCaseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const open = useOpenCase();
  const form = useForm<CaseValues>({
    mode: 'uncontrolled',
    initialValues: { reference: '', title: '', offence: '', summary: '' },
    validate: { title: (title) => (title.trim() ? null : t`A case has a title.`) },
  });
  const submit = ({ reference, title, offence, summary }: CaseValues) =>
    open.mutate(
      { title: title.trim(), offence, summary, ...(reference.trim() ? { reference: reference.trim() } : {}) },
      { onSuccess: (made) => void navigate({ to: '/cases/$space', params: { space: made.id } }) },
    );
  return (
    <Modal opened onClose={onClose} size={520} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }} title={<Trans>Open a case</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap={16}>
          {open.error && <ErrorState error={open.error} />}
          <CaseFields form={form} opening />
          <p className="meta"><Trans>You are its first member. Nobody else sees it until you let them in.</Trans></p>
          <Group gap={8}>
            <Button type="submit" size="md" loading={open.isPending}><Trans>Open the case</Trans></Button>
            <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
