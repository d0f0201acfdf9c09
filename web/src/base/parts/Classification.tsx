// How closely a space is kept: four upright bars, one to four filled, and the word; a State's own word if it has one.
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import classes from './Classification.module.css';

export type Level = 1 | 2 | 3 | 4;

const words: Record<Level, MessageDescriptor> = {
  1: msg({ message: 'Open', context: 'classification' }),
  2: msg({ message: 'Restricted', context: 'classification' }),
  3: msg({ message: 'Confidential', context: 'classification' }),
  4: msg({ message: 'Secret', context: 'classification' }),
};

export function Classification({ level, word }: { level: Level; word?: string }) {
  const { _ } = useLingui();
  return (
    <span className={classes.classification}>
      <svg viewBox="0 0 26 12" width={26} height={12} aria-hidden>
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar} x={(bar - 1) * 7 + 0.5} y={0.5} width={4} height={11} rx={1} stroke="currentColor"
            fill={bar <= level ? 'currentColor' : 'none'}
          />
        ))}
      </svg>
      {word ?? _(words[level])}
    </span>
  );
}
