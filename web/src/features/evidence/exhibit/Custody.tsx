// The custody of an exhibit as a line: dashed where a step is claimed, solid where it is proven, doubled where nobody
// can say what came first. Each step leads to its record with all bytes and checks.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { MarkShape } from '../../../base/marks/StateMark';
import { StateTile, useTileKind } from '../../../base/parts/StateTiles';
import { useSpace } from '../../../base/space';
import { useFormat } from '../../../base/useFormat';
import type { CustodyStep, Exhibit } from '../queries';
import classes from './Custody.module.css';
import { entriesOf, lineOf, markOfStep } from './steps';
import { useStepWords } from './useStepWords';

function Who({ step, exhibit }: { step: CustodyStep; exhibit: Exhibit }) {
  const kindOf = useTileKind();
  const node = step.by?.node ?? step.record.feed.split('/')[0] ?? '';
  const party = exhibit.seen_by.find((one) => one.node === node);
  return (
    <span className={classes.who}>
      {party && <StateTile code={party.country} kind={kindOf(party)} />}
      <bdi>{step.by ? step.by.name : <Trans>The node</Trans>}</bdi>
    </span>
  );
}

function Step({ step, exhibit }: { step: CustodyStep; exhibit: Exhibit }) {
  const space = useSpace();
  const format = useFormat();
  const words = useStepWords(exhibit);
  const text = words.text(step);
  const standing = words.standing(step);
  return (
    <li className={classes.step} data-line={lineOf(step)}>
      <span className={classes.mark}><MarkShape mark={markOfStep(step)} size={18} /></span>
      <div className={classes.what}>
        <p className={classes.head}>
          <b>{words.titles[step.kind]}</b>
          <span className={classes.time}>{step.time ? format.dateTime(step.time) : <Trans>time unknown</Trans>}</span>
        </p>
        {text && <p className={classes.text}>{text}</p>}
        <p className={classes.foot}>
          <Who step={step} exhibit={exhibit} />
          {step.claimed ? (
            <span>{standing}</span>
          ) : (
            <Link to="/cases/$space/record" params={{ space }} search={{ leaf: step.record.leaf }} className={classes.proof}>{standing}</Link>
          )}
        </p>
      </div>
    </li>
  );
}

/** Who looked, between two other steps: one line, until somebody wants them all. */
function Readings({ steps, exhibit }: { steps: CustodyStep[]; exhibit: Exhibit }) {
  const { t } = useLingui();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const last = steps.at(-1)!;
  if (steps.length === 1 || open) return steps.map((step) => <Step key={step.record.leaf} step={step} exhibit={exhibit} />);
  const names = format.list([...new Set(steps.map((step) => step.by?.name ?? t`The node`))]);
  return (
    <li className={classes.step} data-line={lineOf(last)}>
      <span className={classes.mark}><MarkShape mark={markOfStep(last)} size={18} /></span>
      <div className={classes.what}>
        <p className={classes.head}>
          <b><Plural value={steps.length} one="Read # time" other="Read # times" /></b>
          <span className={classes.time}>{last.time && format.dateTime(last.time)}</span>
        </p>
        <p className={classes.foot}>
          <bdi>{names}</bdi>
          <UnstyledButton className={classes.proof} onClick={() => setOpen(true)}><Trans>Show each</Trans></UnstyledButton>
        </p>
      </div>
    </li>
  );
}

export function Custody({ exhibit }: { exhibit: Exhibit }) {
  const holder = exhibit.held_by.title;
  return (
    <section className={classes.custody}>
      <header className={classes.title}>
        <h2><Trans>Custody</Trans></h2>
        <span><Trans>held by <bdi>{holder}</bdi></Trans></span>
      </header>
      <ol className={classes.line}>
        {entriesOf(exhibit.custody).map((entry, at) =>
          entry.kind === 'step' ? (
            <Step key={`${entry.step.kind}${entry.step.record.leaf}`} step={entry.step} exhibit={exhibit} />
          ) : (
            <Readings key={at} steps={entry.steps} exhibit={exhibit} />
          ),
        )}
      </ol>
    </section>
  );
}
