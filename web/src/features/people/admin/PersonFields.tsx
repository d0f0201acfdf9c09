// Name, office, body, roles: the same fields for inviting and for correcting.
import { Trans } from '@lingui/react/macro';
import { Checkbox, Stack, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { type Role, roleNames, useRoleNames } from '../useRoleNames';

export interface PersonValues {
  name: string;
  title: string;
  affiliation: string;
  roles: Role[];
  admin: boolean;
}

export function PersonFields({ form }: { form: UseFormReturnType<PersonValues> }) {
  const roleName = useRoleNames();
  return (
    <Stack gap={14}>
      <TextInput label={<Trans>Name</Trans>} required maxLength={200} data-autofocus key={form.key('name')} {...form.getInputProps('name')} />
      <TextInput
        label={<Trans>Office</Trans>} description={<Trans>As it stands under what this person writes: “Chief inspector”.</Trans>} maxLength={200}
        key={form.key('title')} {...form.getInputProps('title')}
      />
      <TextInput label={<Trans>Body</Trans>} maxLength={200} key={form.key('affiliation')} {...form.getInputProps('affiliation')} />
      <Checkbox.Group
        label={<Trans>Roles</Trans>} description={<Trans>What this person may do in the cases that they are a member of.</Trans>}
        key={form.key('roles')} {...form.getInputProps('roles')}
      >
        <Stack gap={6} mt={6}>
          {(Object.keys(roleNames) as Role[]).map((role) => <Checkbox key={role} value={role} label={roleName(role)} />)}
        </Stack>
      </Checkbox.Group>
      <Switch
        label={<Trans>Administrator</Trans>} description={<Trans>Invites people and keeps the node. Opens no case by that.</Trans>}
        key={form.key('admin')} {...form.getInputProps('admin', { type: 'checkbox' })}
      />
    </Stack>
  );
}
