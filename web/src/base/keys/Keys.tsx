// A key cap, shown where its button stands, and the row of keys at the foot of a list.
import { Kbd } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePreferences } from '../preferences';
import { type Chord, keyNames } from './chord';
import classes from './Keys.module.css';

/** The caps of @keys; nothing where a person turned single keys off. */
export function Keys({ keys, onFilled }: { keys: Chord; onFilled?: boolean }) {
  const { singleKeys } = usePreferences();
  if (!singleKeys && !keys[0]!.includes('Mod+') && keys[0] !== 'Escape') return null;
  return (
    <span className={classes.keys} aria-hidden>
      {keyNames(keys).map((name, at) => (
        <Kbd key={at} className={classes.cap} data-filled={onFilled || undefined}>{name}</Kbd>
      ))}
    </span>
  );
}

/** "J K move": one hint in the foot of a list. */
export function KeyHint({ keys, children }: { keys: readonly string[]; children: ReactNode }) {
  const { singleKeys } = usePreferences();
  if (!singleKeys) return null;
  return (
    <span className={classes.hint}>
      <Keys keys={keys} />
      {children}
    </span>
  );
}
