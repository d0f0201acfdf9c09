// Actions are data: one object feeds the palette, the keyboard and the list of keys. A single key never performs a
// legal act: it opens the dialog that asks for the passkey.
import type { MessageDescriptor } from '@lingui/core';
import type { AnyRouter } from '@tanstack/react-router';
import type { Icon } from './feature';
import type { Chord } from './keys/chord';
import type { Me } from './session';

export interface ActionContext {
  me: Me;
  /** The case on screen, if any. */
  space: string | undefined;
  navigate: AnyRouter['navigate'];
}

export interface Action {
  id: string;
  /** Do, go, find: the order in the palette. */
  group: 'do' | 'go' | 'find';
  label: MessageDescriptor;
  /** Other words a person may type, separated by spaces; in Chinese also pinyin. */
  keywords?: MessageDescriptor;
  icon: Icon;
  keys?: Chord;
  /** true: may be done; a message: may not, for this reason; false: does not belong here. */
  available?: (context: ActionContext) => boolean | MessageDescriptor;
  perform: (context: ActionContext) => void;
}
