// Another label, or away with it: then the sessions that it opened end too.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { type Passkey, useLabelPasskey, useRemovePasskey } from './passkeys';

interface Props {
  passkey: Passkey;
  /** The last one stays. */
  last: boolean;
  onClose: () => void;
}

export function PasskeyEdit({ passkey, last, onClose }: Props) {
  const { t } = useLingui();
  const [label, setLabel] = useState(passkey.label);
  const rename = useLabelPasskey();
  const remove = useRemovePasskey();
  const done = (text: string) => () => (showDone({ text }), onClose());
  return (
    <Modal opened onClose={onClose} title={<Trans>Change this passkey</Trans>} closeButtonProps={{ 'aria-label': t`Close` }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ passkey: passkey.id, label: label.trim() }, { onSuccess: done(t`The label was changed.`) });
        }}
      >
        <TextInput
          label={<Trans>Label</Trans>} description={<Trans>So that you know which one it is.</Trans>} value={label} maxLength={100} required
          onChange={({ currentTarget }) => setLabel(currentTarget.value)} data-autofocus
        />
        <Group mt={20} gap={8}>
          <Button type="submit" loading={rename.isPending} disabled={!label.trim() || label === passkey.label}><Trans>Keep this label</Trans></Button>
          <Button variant="default" onClick={onClose}><Trans>Not now</Trans></Button>
          <Button
            variant="subtle" color="red" ms="auto" disabled={last} loading={remove.isPending}
            onClick={() => remove.mutate(passkey.id, { onSuccess: done(t`The passkey was removed; sessions that it opened have ended.`) })}
          >
            <Trans>Remove it</Trans>
          </Button>
        </Group>
        {last && <p className="meta"><Trans>The last passkey stays: without it you could not come in.</Trans></p>}
        {(rename.error ?? remove.error) && <ErrorState error={rename.error ?? remove.error} />}
      </form>
    </Modal>
  );
}
