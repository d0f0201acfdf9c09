// What a person chose for this browser: language, colour scheme, density, keys, digits. Kept in localStorage, because
// first-paint.js needs it before anything else runs; it says nothing about cases or persons.
import { useSyncExternalStore } from 'react';

export const locales = ['ar', 'en', 'es', 'fr', 'ru', 'zh'] as const;
export type Locale = (typeof locales)[number];

export interface Preferences {
  locale: Locale;
  scheme: 'auto' | 'light' | 'dark';
  density: 'comfortable' | 'compact';
  /** Single keys (J, K, X...) can be turned off: WCAG 2.1.4. */
  singleKeys: boolean;
  /** Arabic pages show Latin digits unless a person wants Arabic ones. */
  digits: 'latn' | 'arab';
}

const listeners = new Set<() => void>();
let current = load();

function stored(name: string): string | null {
  try {
    return localStorage.getItem(`comity.${name}`);
  } catch {
    return null; // storage is refused: the browser's own wishes hold
  }
}

function load(): Preferences {
  const scheme = stored('scheme');
  return {
    locale: (locales as readonly string[]).includes(document.documentElement.lang)
      ? (document.documentElement.lang as Locale)
      : 'en',
    scheme: scheme === 'light' || scheme === 'dark' ? scheme : 'auto',
    density: stored('density') === 'compact' ? 'compact' : 'comfortable',
    singleKeys: stored('singleKeys') !== 'false',
    digits: stored('digits') === 'arab' ? 'arab' : 'latn',
  };
}

export function preferences(): Preferences {
  return current;
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  current = { ...current, [name]: value };
  store(name);
  if (name === 'density') document.documentElement.dataset.density = String(value);
  for (const listener of listeners) listener();
}

function store(name: keyof Preferences): void {
  try {
    localStorage.setItem(`comity.${name}`, String(current[name]));
  } catch {
    // storage is refused: the choice holds until the page is closed
  }
}

/** Signing out empties this origin's storage; how a person reads is no secret, and stays. */
export function keepPreferences(): void {
  for (const name of Object.keys(current)) store(name as keyof Preferences);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    preferences,
  );
}
