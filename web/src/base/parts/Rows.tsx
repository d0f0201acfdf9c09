// Rows in a card: a sign, a title, quiet facts, one thing to do.
import type { ReactNode } from 'react';
import classes from './Rows.module.css';

export function Rows({ children }: { children: ReactNode }) {
  return <ul className={classes.rows}>{children}</ul>;
}

interface RowProps {
  icon?: ReactNode;
  title: ReactNode;
  facts?: readonly ReactNode[];
  action?: ReactNode;
}

export function RowItem({ icon, title, facts = [], action }: RowProps) {
  const shown = facts.filter(Boolean);
  return (
    <li className={classes.row}>
      {icon && <span className={classes.icon}>{icon}</span>}
      <div className={classes.text}>
        <p className={classes.title}>{title}</p>
        {shown.length > 0 && (
          <p className={classes.facts}>{shown.map((fact, at) => <span key={at}>{fact}</span>)}</p>
        )}
      </div>
      {action && <span className={classes.action}>{action}</span>}
    </li>
  );
}
