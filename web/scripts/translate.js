// Fills the catalogues from a table of translations: node scripts/translate.js FILE.json...
// {"English text": {"ar": "...", "es": "...", "fr": "...", "ru": "...", "zh": "..."}}. Existing translations are
// replaced; a text that no catalogue holds is named.
import { readFileSync } from 'node:fs';
import { locales, read, write } from './catalogue.js';

const table = Object.assign({}, ...process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8'))));
const known = new Set();
for (const locale of locales.filter((name) => name !== 'en')) {
  const catalogue = await read(locale);
  let holes = 0;
  for (const entry of Object.values(catalogue)) {
    const translation = table[entry.message]?.[locale];
    if (table[entry.message]) known.add(entry.message);
    if (translation) entry.translation = translation;
    if (!entry.translation) holes++;
  }
  await write(locale, catalogue);
  console.log(`${locale}: ${holes === 0 ? 'complete' : `${holes} still missing`}`);
}
for (const text of Object.keys(table)) if (!known.has(text)) console.error(`no catalogue holds: ${text}`);
