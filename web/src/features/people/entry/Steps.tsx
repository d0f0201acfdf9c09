// Steps on a line, each with its reason: done, now, later.
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Steps.module.css';

export interface Step {
  title: ReactNode;
  reason: ReactNode;
  state: 'done' | 'now' | 'later';
  /** What is done here and now. */
  body?: ReactNode;
}

export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, at) => (
        <li key={at} className={classes.step} data-state={step.state} aria-current={step.state === 'now' ? 'step' : undefined}>
          <span className={classes.number}>{step.state === 'done' ? <IconCheck size={16} stroke={2.2} /> : at + 1}</span>
          <div className={classes.text}>
            <h2>{step.title}</h2>
            <p className={classes.reason}>{step.reason}</p>
            {step.body && <div className={classes.body}>{step.body}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
