import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSuspenseQuery } from '@tanstack/react-query';
import { caseQuery, useSpace } from '../../../base/space';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { CaseFields, type CaseValues } from '../CaseFields';
import { type CaseChange, useCorrectCase } from '../queries';

export function CorrectCaseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const space = useSpace();
  const { value: one, etag } = useSuspenseQuery(caseQuery(space)).data;
  const correct = useCorrectCase(space, etag);
  const form = useForm<CaseValues>({
    mode: 'uncontrolled',
    initialValues: { reference: one.reference, title: one.title, offence: one.offence, summary: one.summary },
    validate: {
      title: (title) => (title.trim() ? null : t`A case has a title.`),
      reference: (reference) => (reference.trim() ? null : t`A case has a number.`),
    },
  });
  const submit = (values: CaseValues) => {
    // Only what was changed; where two values stand, naming one settles it.
    const change: CaseChange = {};
    for (const field of ['reference', 'title', 'offence', 'summary'] as const) {
      if (values[field] !== one[field] || one.contested?.[field]) change[field] = values[field];
    }
    if (Object.keys(change).length === 0) return onClose();
    correct.mutate(change, { onSuccess: () => (showDone({ text: t`The cover was corrected; what stood there stays in the record.` }), onClose()) });
  };
  return (
    <Modal opened onClose={onClose} size={520} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }} title={<Trans>Correct the cover</Trans>}>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap={16}>
          {correct.error && <ErrorState error={correct.error} />}
          <CaseFields form={form} />
          <Group gap={8}>
            <Button type="submit" size="md" loading={correct.isPending}><Trans>Correct it</Trans></Button>
            <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
