// Words that bind: the sentence that a passkey confirms, the verdict on a chain, a consequence that cannot be undone.
// They alone are set in serif, so that people learn that serif counts. Names in them are bold.
import type { ReactNode } from 'react';
import classes from './Binding.module.css';

interface Props {
  /** act: what is confirmed (20/31); answer (17/25); verdict (16/23). */
  size: 'act' | 'answer' | 'verdict';
  /** A line at the start, as at a sentence that is about to be confirmed. */
  lined?: boolean;
  children: ReactNode;
}

export function BindingSentence({ size, lined, children }: Props) {
  return <p className={`serif ${classes.sentence}`} data-size={size} data-lined={lined || undefined}>{children}</p>;
}
