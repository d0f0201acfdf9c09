// The keys that count right now. Components register what they answer to while they are on screen; one listener on the
// window finds the binding. Single keys never fire in a field and can be turned off; while a dialog is open only its own
// keys count.
import type { MessageDescriptor } from '@lingui/core';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { preferences } from '../preferences';
import { type Chord, matches } from './chord';

export interface Binding {
  chord: Chord;
  /** A message, or words that are in the page's language already. */
  label: MessageDescriptor | string;
  run: (event: KeyboardEvent) => void;
  /** Belongs to a dialog: counts only while one is open. */
  dialog?: boolean;
  /** Not in the list of keys: another binding speaks for it. */
  hidden?: boolean;
}

const sequencePause = 1500;
let bindings: readonly Binding[] = [];
let begun: { at: number; candidates: readonly Binding[] } | null = null;
const listeners = new Set<() => void>();

function change(next: readonly Binding[]): void {
  bindings = next;
  for (const listener of listeners) listener();
}

function inField(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    ? !/^(checkbox|radio|button|file)$/.test((target as HTMLInputElement).type)
    : false;
}

/** A focused button answers Space and Enter itself; a link Enter. */
function ownKey(event: KeyboardEvent): boolean {
  if (event.code !== 'Space' && event.code !== 'Enter') return false;
  return event.target instanceof Element && event.target.closest('button, a, input, summary, [role="menuitem"], [role="option"]') !== null;
}

/* Looked at before anybody answers the key: a dialog that Escape has just closed still has it. */
let dialogOpen = false;
function look(): void {
  dialogOpen = document.querySelector('[aria-modal="true"]') !== null;
}

function listen(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat && begun) return;
  const possible = bindings.filter((binding) => {
    if (Boolean(binding.dialog) !== dialogOpen) return false;
    const modified = binding.chord[0]!.includes('Mod+') || binding.chord[0] === 'Escape';
    return modified || (preferences().singleKeys && !inField(event) && !ownKey(event));
  });
  if (begun && event.timeStamp - begun.at < sequencePause) {
    const second = begun.candidates.find((binding) => matches(binding.chord[1]!, event));
    begun = null;
    if (second) return void (event.preventDefault(), second.run(event));
  }
  // The newest registration wins: a page's keys stand above the shell's.
  const hit = possible.findLast((binding) => binding.chord.length === 1 && matches(binding.chord[0]!, event));
  if (hit) return void (event.preventDefault(), hit.run(event));
  const candidates = possible.filter((binding) => binding.chord.length === 2 && matches(binding.chord[0]!, event));
  begun = candidates.length > 0 ? { at: event.timeStamp, candidates } : null;
}

export function startKeys(): void {
  window.addEventListener('keydown', look, true);
  window.addEventListener('keydown', listen);
}

/** Registers @list while the component is on screen; may be a new array each render. */
export function useKeys(list: readonly Binding[]): void {
  const latest = useRef(list);
  latest.current = list;
  const shape = list.map((binding) => binding.chord.join(' ')).join(',');
  useEffect(() => {
    const stable = latest.current.map((binding, at) => ({
      ...binding,
      run: (event: KeyboardEvent) => latest.current[at]?.run(event),
    }));
    change([...bindings, ...stable]);
    return () => change(bindings.filter((binding) => !stable.includes(binding)));
  }, [shape]);
}

/** What the list of keys shows. */
export function useBindings(): readonly Binding[] {
  return useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), () => bindings);
}
