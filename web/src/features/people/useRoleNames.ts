// The roles of people, as one calls them. The server knows them by these codes.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { useCallback } from 'react';
import type { Schemas } from '../../api/client';

export type Role = Schemas['Role'];

export const roleNames: Record<Role, MessageDescriptor> = {
  investigator: msg`investigator`,
  prosecutor: msg`prosecutor`,
  clerk: msg`clerk of the court`,
  defence: msg`counsel for the defence`,
  auditor: msg`auditor`,
};

export function useRoleNames(): (role: Role) => string {
  const { _ } = useLingui();
  return useCallback((role) => _(roleNames[role] ?? role), [_]);
}
