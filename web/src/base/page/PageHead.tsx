// What a page begins with: its title, a quiet word beside it, what can be done.
import type { ReactNode } from 'react';
import classes from './PageHead.module.css';

interface Props {
  title: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  className?: string | undefined;
}

export function PageHead({ title, meta, actions, className }: Props) {
  return (
    <header className={`${classes.head} ${className ?? ''}`}>
      <h1>{title}</h1>
      {meta && <span className={classes.meta}>{meta}</span>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
