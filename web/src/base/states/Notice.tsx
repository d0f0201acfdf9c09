// A card that says in what state a page is. Empty: what will be here and the one way to start. Error: what is wrong,
// what was not lost, what to do. Offline: dashed.
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

interface Props {
  kind: 'empty' | 'error' | 'offline' | 'waiting' | 'violet';
  title: ReactNode;
  icon?: ReactNode;
  children?: ReactNode;
  /** The one way on. */
  action?: ReactNode;
  /** Runs along the top of a page instead of standing in it. */
  banner?: boolean;
}

export function Notice({ kind, title, icon, children, action, banner }: Props) {
  return (
    <section className={classes.notice} data-kind={kind} data-banner={banner || undefined} role={kind === 'error' ? 'alert' : 'status'}>
      <p className={classes.title}>{icon}<b>{title}</b></p>
      {children && <div className={classes.text}>{children}</div>}
      {action && <div className={classes.action}>{action}</div>}
    </section>
  );
}
