// Fills the catalogues from a table of translations: node scripts/translate.js FILE.json...
// {"English text": {"ar": "...", "es": "...", "fr": "...", "ru": "...", "zh": "..."}}. Existing translations are
// replaced; a text that no catalogue holds is named. A message with a context is written "[context] English text".
import { readFileSync } from 'node:fs';
import { locales, read, write } from './catalogue.js';

const table = Object.assign({}, ...process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8'))));
const known = new Set();
for (const locale of locales.filter((name) => name !== 'en')) {
  const catalogue = await read(locale);
  let holes = 0;
  for (const entry of Object.values(catalogue)) {
    const key = entry.context ? `[${entry.context}] ${entry.message}` : entry.message;
    const translation = table[key]?.[locale];
    if (table[key]) known.add(key);
    if (translation) entry.translation = translation;
    if (!entry.translation) holes++;
  }
  await write(locale, catalogue);
  console.log(`${locale}: ${holes === 0 ? 'complete' : `${holes} still missing`}`);
}
for (const text of Object.keys(table)) if (!known.has(text)) console.error(`no catalogue holds: ${text}`);
