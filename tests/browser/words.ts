// The words of the web app in a language, as its catalogue has them: a test names the English message and finds the page's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/node.mjs';

export type Words = (message: string, values?: Record<string, string>) => string;

const quoted = (lines: string) => [...lines.matchAll(/^"(.*)"$/gm)].map(([, text]) => JSON.parse(`"${text}"`) as string).join('');

/** From English message to its translation; a message that has none yet is shown in English. */
function catalogue(locale: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readFileSync(join(ROOT, 'web/po', `${locale}.po`), 'utf8').split(/\n{2,}/)) {
    const parts = /^(?:msgctxt .*\n)?msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|$))+)/m.exec(entry);
    if (!parts) continue;
    const [message, translation] = [quoted(parts[1]!), quoted(parts[2]!)];
    if (!found.get(message)) found.set(message, translation);
  }
  return found;
}

/** Tags of rich text are left out; {names} are filled from @values. A message that the app does not have is a mistake of the test. */
export function wordsOf(locale: string): Words {
  const messages = catalogue(locale);
  return (message, values = {}) => {
    const translation = messages.get(message);
    if (translation === undefined) throw new Error(`no message “${message}” in ${locale}.po`);
    return (translation || message).replace(/<\/?\d+\/?>/g, '').replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  };
}
