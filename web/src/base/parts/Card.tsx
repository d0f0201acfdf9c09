// A white card with a hairline; rows in it are divided by hairlines. And a heading with its quiet word and its way on.
import type { ReactNode } from 'react';
import classes from './Card.module.css';

export function Card({ children, tone }: { children: ReactNode; tone?: 'accent' | 'amber' }) {
  return <div className={classes.card} data-tone-card={tone}>{children}</div>;
}

interface SectionProps {
  title: ReactNode;
  meta?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** A part of a page with its h2. */
export function Section({ title, meta, action, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <header className={classes.head}>
        <h2>{title}</h2>
        {meta && <span className={classes.meta}>{meta}</span>}
        {action && <span className={classes.action}>{action}</span>}
      </header>
      {children}
    </section>
  );
}

/** Facts as terms and what they are. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

export function Fact({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
