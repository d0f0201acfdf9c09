import { useLingui } from '@lingui/react/macro';
import { useCallback } from 'react';
import { useFormat } from '../../../base/useFormat';
import { type Role, useRoleNames } from '../useRoleNames';

/** "prosecutor and administrator" */
export function useRoleList(): (person: { roles: readonly Role[]; admin: boolean }) => string {
  const { t } = useLingui();
  const format = useFormat();
  const roleName = useRoleNames();
  return useCallback(
    ({ roles, admin }) => format.list([...roles.map(roleName), ...(admin ? [t`administrator`] : [])]),
    [t, format, roleName],
  );
}
