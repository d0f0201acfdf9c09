// Correcting what is said about an exhibit. What stood before stays in the history, with the reason; the files cannot
// be changed by anybody.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { msg } from '@lingui/core/macro';
import { useState } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { FactFields } from '../facts/FactFields';
import { useKnown } from '../facts/useKnown';
import { changesOf, type Facts, factsOf, type FactValues, valuesOf } from '../facts/values';
import { type Exhibit, useCorrectExhibit } from '../queries';

/** The values that are to stand where two stood. */
function settledOf(exhibit: Exhibit, values: FactValues): Partial<Facts> {
  const facts = factsOf(values);
  const fields = Object.keys(exhibit.contested ?? {}).filter((field): field is keyof Facts => field in facts);
  return Object.fromEntries(fields.map((field) => [field, facts[field]]));
}

interface Props {
  space: string;
  exhibit: Exhibit;
  etag: string | null;
  onClose: () => void;
}

export function CorrectDialog({ space, exhibit, etag, onClose }: Props) {
  const { t } = useLingui();
  const known = useKnown(space);
  const save = useCorrectExhibit(space, exhibit.id, etag);
  const [before] = useState(() => valuesOf(exhibit));
  const [reason, setReason] = useState('');
  const [leaving, setLeaving] = useState(false);
  const form = useForm<FactValues>({
    initialValues: before,
    validate: { title: (title) => (title.trim() ? null : t`Say what it is.`), how: (how) => (how ? null : t`Say how it was obtained.`) },
  });
  const changes = changesOf(before, form.values);
  // Two values stand until a correction names one: so the value as it is may be written again.
  const settles = exhibit.contested !== undefined;
  const nothing = Object.keys(changes).length === 0 && !settles;
  const number = unbroken(exhibit.number);
  const submit = form.onSubmit((values) => {
    save.mutate(
      { ...settledOf(exhibit, values), ...changes, reason: reason.trim() },
      { onSuccess: () => (showDone({ text: t`${number} was corrected. What stood before stays in its history.` }), onClose()) },
    );
  });
  const close = () => ((!nothing && !settles) || reason !== '' ? setLeaving(true) : onClose());
  useKeys([{ chord: ['Mod+Enter'], label: msg`Write the correction`, run: () => submit(), dialog: true }]);
  return (
    <Modal
      opened onClose={close} size={560} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t`Close` }} title={<Trans>Correct {number}</Trans>}
    >
      <form onSubmit={submit}>
        <Stack gap={16}>
          <p className="meta"><Trans>Facts can be corrected, files cannot. What stands now stays readable in the history.</Trans></p>
          <FactFields form={form} known={known} />
          <Textarea
            label={<Trans>Why it is corrected</Trans>} required withAsterisk={false} autosize minRows={2} maxLength={1000} value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {save.error && <ErrorState error={save.error} />}
          {leaving && (
            <Group gap={8} role="alert">
              <Trans>What you typed here will be lost.</Trans>
              <Button variant="subtle" size="xs" onClick={onClose}><Trans>Leave it</Trans></Button>
            </Group>
          )}
          <Group gap={8}>
            <Button type="submit" size="md" loading={save.isPending} disabled={nothing || !reason.trim()} rightSection={<Keys keys={['Mod+Enter']} onFilled />}>
              <Trans>Write the correction</Trans>
            </Button>
            <Button variant="default" size="md" onClick={close}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
