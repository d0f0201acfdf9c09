// A word on a tinted ground: a deadline, a consent, a code name. Plain where all is in order.
import type { ReactNode } from 'react';
import classes from './Tag.module.css';

export function Tag({ tone, children }: { tone?: 'amber' | 'red' | 'green' | 'violet' | 'accent'; children: ReactNode }) {
  return <span className={classes.tag} data-tint={tone}>{children}</span>;
}
