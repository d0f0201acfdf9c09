// Gives what the list shows now a name.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../../api/problem';
import { showDone } from '../states/done';
import { ErrorState } from '../states/ErrorState';
import type { Views } from './useViews';

export default function KeepView({ views, onClose }: { views: Views; onClose: () => void }) {
  const { t } = useLingui();
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>();
  const taken = error instanceof Problem && error.code === 'view.name';
  const keep = async () => {
    try {
      await views.keep(name.trim());
    } catch (refusal) {
      return setError(refusal);
    }
    const kept = name.trim();
    showDone({ text: t`The view “${kept}” is kept. You find it on every device.` });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} size={420} title={<Trans>Keep this view</Trans>} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form onSubmit={(event) => (event.preventDefault(), void keep())}>
        <Stack gap={16}>
          {error !== undefined && !taken && <ErrorState error={error} />}
          <TextInput
            label={<Trans>Name of the view</Trans>} description={<Trans>What you search for, filter, sort and show here. Only you see it.</Trans>} data-autofocus maxLength={80}
            value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} error={taken ? t`You keep a view of this name already.` : undefined}
          />
          <Group gap={8}>
            <Button type="submit" size="md" disabled={!name.trim()}><Trans>Keep it</Trans></Button>
            <Button variant="default" size="md" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
