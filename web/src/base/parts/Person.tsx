// A person in a list: initials, name, what they are. The initials are no picture and are not read out.
import type { ReactNode } from 'react';
import { initials } from './initials';
import classes from './Person.module.css';

export function Person({ name, children, own }: { name: string; children?: ReactNode; own?: boolean }) {
  return (
    <span className={classes.person}>
      <span className={classes.initials} data-own={own || undefined} aria-hidden>{initials(name)}</span>
      <span>
        <bdi className={classes.name}>{name}</bdi>
        {children && <span className={classes.what}>{children}</span>}
      </span>
    </span>
  );
}
