// What a feature hands to the app: its pages, its place in the rail, its tabs in a case and what can be done with it.
// All of it is data. Adding a feature is one folder, an import and a word in app/features.ts, and its routes in app/router.tsx.
import type { MessageDescriptor } from '@lingui/core';
import type { AnyRoute } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Action } from './actions';
import type { Me } from './session';

export type Icon = ComponentType<{ size?: number | string; stroke?: number | string }>;

export interface RailEntry {
  to: string;
  label: MessageDescriptor;
  icon: Icon;
  /** Ascending from the top; `foot` entries stand at the end of the rail. */
  order: number;
  foot?: boolean;
  visible?: (me: Me) => boolean;
  /** A hook: the small number beside the icon, of what needs this person. */
  useCount?: () => number | undefined;
}

export interface SpaceTab {
  /** Path below the case: '' is the overview. */
  path: string;
  label: MessageDescriptor;
  order: number;
  /** Other paths below the case that belong to this tab. */
  also?: readonly string[];
}

export interface Feature {
  routes: readonly AnyRoute[];
  rail?: readonly RailEntry[];
  spaceTabs?: readonly SpaceTab[];
  actions?: readonly Action[];
}
