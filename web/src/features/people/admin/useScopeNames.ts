import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import type { Schemas } from '../../../api/client';

type Scope = Schemas['Scope'];

export const scopeNames: Record<Scope, MessageDescriptor> = {
  'cases:read': msg`read cases`,
  'cases:write': msg`open and correct cases`,
  'evidence:read': msg`read evidence`,
  'evidence:write': msg`bring in evidence`,
  export: msg`export packages`,
  all: msg`everything`,
};

export function useScopeNames(): (scope: Scope) => string {
  const { _ } = useLingui();
  return (scope) => _(scopeNames[scope]);
}
