// What will be here, and the one way to start. No drawing.
import type { ReactNode } from 'react';
import { Notice } from './Notice';
import classes from './EmptyState.module.css';

export function EmptyState({ title, children, action }: { title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return <div className={classes.place}><Notice kind="empty" title={title} action={action}>{children}</Notice></div>;
}
