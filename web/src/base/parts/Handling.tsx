// For what an exhibit may be used: the heavier the line, the tighter.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import type { ReactNode } from 'react';
import classes from './Tag.module.css';

export type Use = 'evidence' | 'lead_only' | 'ask_first' | 'named_persons';

export const uses: Record<Use, MessageDescriptor> = {
  evidence: msg`As evidence`,
  lead_only: msg`Lead only`,
  ask_first: msg`Ask first`,
  named_persons: msg`Named persons`,
};

export function Handling({ use, children }: { use: Use; children?: ReactNode }) {
  const { _ } = useLingui();
  return <span className={classes.tag} data-use={use}>{children ?? _(uses[use])}</span>;
}
