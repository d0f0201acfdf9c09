// The roles in a case, as one calls them.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import type { Schemas } from '../../../api/client';
import { useFormat } from '../../../base/useFormat';

type Role = Schemas['Role'];
const names: Record<Role, MessageDescriptor> = {
  investigator: msg`investigator`,
  prosecutor: msg`prosecutor`,
  clerk: msg`clerk of the court`,
  defence: msg`counsel for the defence`,
  auditor: msg`auditor`,
};

export function useRoles(): (roles: readonly Role[]) => string {
  const { _ } = useLingui();
  const format = useFormat();
  return (roles) => format.list(roles.map((role) => _(names[role] ?? role)));
}
