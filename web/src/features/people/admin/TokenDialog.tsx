// A token for a program: its name, what it may do; then the token, this once.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { CopyButton } from '../../../base/parts/CopyButton';
import { ErrorState } from '../../../base/states/ErrorState';
import classes from './LinkOnce.module.css';
import { useMakeToken } from './queries';
import { scopeNames, useScopeNames } from './useScopeNames';

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const scopeName = useScopeNames();
  const make = useMakeToken();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Schemas['Scope'][]>([]);
  const made = make.data;
  return (
    <Modal opened onClose={onClose} size={480} closeOnClickOutside={false} title={<Trans>A token for a program</Trans>} closeButtonProps={{ 'aria-label': t`Close` }}>
      {made ? (
        <Stack gap={14}>
          <p><Trans>Shown this once, and kept nowhere. Put it into the program's own safe.</Trans></p>
          <p className={classes.link} tabIndex={0} aria-label={t`The token`}><bdi dir="ltr">{made.token}</bdi></p>
          <div className={classes.buttons}>
            <CopyButton value={made.token} label={t`Copy the token`} />
            <Button variant="default" onClick={onClose}><Trans>I have kept it</Trans></Button>
          </div>
        </Stack>
      ) : (
        <form onSubmit={(event) => (event.preventDefault(), make.mutate({ name: name.trim(), scopes }))}>
          <Stack gap={16}>
            {make.error && <ErrorState error={make.error} />}
            <TextInput
              label={<Trans>Name of the program</Trans>} description={<Trans>It stands under everything that the program does.</Trans>} required maxLength={200}
              value={name} onChange={({ currentTarget }) => setName(currentTarget.value)} data-autofocus
            />
            <Checkbox.Group label={<Trans>What it may do</Trans>} value={scopes} onChange={(values) => setScopes(values as Schemas['Scope'][])}>
              <Stack gap={6} mt={6}>
                {(Object.keys(scopeNames) as Schemas['Scope'][]).map((scope) => <Checkbox key={scope} value={scope} label={scopeName(scope)} />)}
              </Stack>
            </Checkbox.Group>
            <Group gap={8}>
              <Button type="submit" size="md" loading={make.isPending} disabled={!name.trim() || scopes.length === 0}><Trans>Make a token</Trans></Button>
              <Button size="md" variant="default" onClick={onClose}><Trans>Not now</Trans></Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
