// Development only: writes messages with accents and a third longer. What stays plain on the screen is a string outside
// the catalogues; what breaks is a layout that French or Russian would break too.
import type { Messages } from '@lingui/core';

type Message = Messages[string];
type Choices = Record<string, Message | number | undefined>;

const plain = 'aeiouyAEIOUcnsz';
const accented = 'áéíóúýÁÉÍÓÚçñšž';

function accent(text: string): string {
  const changed = [...text].map((letter) => accented[plain.indexOf(letter)] ?? letter).join('');
  return /\p{L}{3}/u.test(text) ? `${changed}${'~'.repeat(Math.ceil(text.length / 3))}` : changed;
}

/** A compiled message is a list of texts and of arguments [name, type, choices]; only texts and choices are changed. */
function change(message: Message): Message {
  if (typeof message === 'string') return accent(message);
  return message.map((part) => {
    if (typeof part === 'string') return accent(part);
    const [name, type, choices] = part as [string, string?, Choices?];
    if (typeof choices !== 'object') return part;
    const changed = Object.entries(choices).map(([key, value]) =>
      typeof value === 'number' || value === undefined ? [key, value] : [key, change(value)],
    );
    return [name, type, Object.fromEntries(changed)];
  }) as Message;
}

export function pseudonymise(messages: Messages): Messages {
  return Object.fromEntries(Object.entries(messages).map(([id, message]) => [id, change(message)]));
}
