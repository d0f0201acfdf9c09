// The actions of all features as they stand here and now, and their keys.
import type { MessageDescriptor } from '@lingui/core';
import { useParams, useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Action, ActionContext } from '../base/actions';
import { useKeys } from '../base/keys/registry';
import { useMe } from '../base/session';
import { actions } from './features';

export interface OfferedAction {
  action: Action;
  /** Why it may not be done; undefined where it may. */
  refused?: MessageDescriptor;
}

export function useActionContext(): ActionContext {
  const me = useMe();
  const router = useRouter();
  const { space } = useParams({ strict: false }) as { space?: string };
  return useMemo(() => ({ me, space, navigate: router.navigate }), [me, space, router]);
}

export function useOfferedActions(): OfferedAction[] {
  const context = useActionContext();
  return useMemo(
    () =>
      actions.flatMap((action) => {
        const available = action.available?.(context) ?? true;
        if (available === false) return [];
        return available === true ? [{ action }] : [{ action, refused: available }];
      }),
    [context],
  );
}

/** Registers the keys of every action that may be done here. */
export function useActionKeys(): void {
  const context = useActionContext();
  const offered = useOfferedActions();
  useKeys(
    offered.flatMap(({ action, refused }) =>
      action.keys && !refused ? [{ chord: action.keys, label: action.label, run: () => action.perform(context) }] : [],
    ),
  );
}
