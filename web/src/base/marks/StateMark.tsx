// A state: its mark and its word, side by side. The word is never left out where a person reads the state for the first
// time; `hideWord` is for places where the word stands right beside it already.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import type { ReactNode } from 'react';
import { type Mark, shapes } from './shapes';
import classes from './StateMark.module.css';

export type { Mark } from './shapes';
export type Tone = 'accent' | 'ink' | 'ink2' | 'ink3' | 'amber' | 'red' | 'violet';

const states: Record<Mark, { word: MessageDescriptor; tone: Tone }> = {
  proven: { word: msg`Proven`, tone: 'accent' },
  cosigned: { word: msg`Countersigned`, tone: 'accent' },
  claimed: { word: msg`Claimed only`, tone: 'ink3' },
  sealed: { word: msg`Sealed`, tone: 'accent' },
  waiting: { word: msg`Waiting`, tone: 'amber' },
  simultaneous: { word: msg`At the same time`, tone: 'ink2' },
  conflict: { word: msg`Two values`, tone: 'amber' },
  withheld: { word: msg`Withheld`, tone: 'ink' },
  erased: { word: msg`Erased`, tone: 'ink3' },
  void: { word: msg`Without effect`, tone: 'ink3' },
  damaged: { word: msg`Damaged`, tone: 'red' },
  protected: { word: msg`Protected person`, tone: 'violet' },
  harmful: { word: msg`Shown on request`, tone: 'violet' },
};

/** The mark alone, for a place where its word stands beside it. */
export function MarkShape({ mark, size = 16, tone }: { mark: Mark; size?: number; tone?: Tone }) {
  return (
    <svg className={classes.mark} data-tone={tone ?? states[mark].tone} viewBox="0 0 16 16" width={size} height={size} aria-hidden>
      {shapes[mark]}
    </svg>
  );
}

interface Props {
  mark: Mark;
  /** Says more than the plain word: "Damaged: file 2", "Offered to you". */
  children?: ReactNode;
  size?: number;
  tone?: Tone;
  /** Gives the word the colour of the mark; states that are in order keep plain ink. */
  strong?: boolean;
}

export function StateMark({ mark, children, size = 14, tone, strong }: Props) {
  const { _ } = useLingui();
  const colour = tone ?? states[mark].tone;
  return (
    <span className={classes.state} data-tone={colour} data-strong={strong || undefined}>
      <MarkShape mark={mark} size={size} tone={colour} />
      <span className={classes.word}>{children ?? _(states[mark].word)}</span>
    </span>
  );
}
