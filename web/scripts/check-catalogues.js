// The catalogues are complete and sound, or this says where not:
//   every message of the source is in the catalogues and no other; every one is translated; a translation has the
//   arguments and tags of its source; plurals have the forms that their language needs (Arabic: six). Tags that stand
//   only in a plural's `one` may fall away: Chinese has no such form.
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { file, locales, read } from './catalogue.js';

const forms = {
  ar: ['zero', 'one', 'two', 'few', 'many', 'other'],
  en: ['one', 'other'],
  es: ['one', 'other'],
  fr: ['one', 'other'],
  ru: ['one', 'few', 'many', 'other'],
  zh: ['other'],
};
const problems = [];
const complain = (locale, message, what) => problems.push(`po/${locale}.po: ${what}: ${JSON.stringify(message)}`);

/** The arguments of a compiled message, and the forms of its plurals. */
function shape(tokens, found = { names: new Set(), tags: new Set(), needed: new Set(), plurals: [] }, needed = true) {
  for (const token of typeof tokens === 'string' ? [tokens] : tokens) {
    if (typeof token === 'string') {
      for (const [, tag] of token.matchAll(/<\/?(\w+)\/?>/g)) {
        found.tags.add(tag);
        if (needed) found.needed.add(tag);
      }
      continue;
    }
    const [name, type, choices] = token;
    if (name !== '#') found.names.add(name);
    if (choices && typeof choices === 'object') {
      if (type === 'plural' || type === 'selectordinal') found.plurals.push(Object.keys(choices));
      for (const [key, value] of Object.entries(choices)) {
        if (key !== 'offset' && value !== undefined) shape(value, found, needed && (type !== 'plural' || key === 'other'));
      }
    }
  }
  return found;
}

const same = (a, b) => [...a].sort().join() === [...b].sort().join();

// Extraction: what the source says now must be what the catalogues hold.
const before = locales.map((locale) => readFileSync(file(locale), 'utf8'));
execFileSync(process.execPath, ['node_modules/@lingui/cli/dist/lingui.js', 'extract', '--clean'], { stdio: 'ignore' });
locales.forEach((locale, at) => {
  const strip = (text) => text.replace(/^#:.*\n/gm, '').replace(/"POT-Creation-Date:.*\n/, '');
  if (strip(readFileSync(file(locale), 'utf8')) !== strip(before[at])) {
    problems.push(`po/${locale}.po: was not extracted from the source as it is (done now; translate what is new)`);
  }
});

for (const locale of locales) {
  const catalogue = await read(locale);
  for (const { message, translation } of Object.values(catalogue)) {
    const text = locale === 'en' ? message : translation;
    if (!text) {
      complain(locale, message, 'no translation');
      continue;
    }
    try {
      const source = shape(compileMessageOrThrow(message));
      const target = shape(compileMessageOrThrow(text));
      if (!same(source.names, target.names)) complain(locale, message, 'other arguments than the source');
      if (!source.needed.isSubsetOf(target.tags) || !target.tags.isSubsetOf(source.tags)) complain(locale, message, 'other tags than the source');
      for (const given of target.plurals) {
        const missing = forms[locale].filter((form) => !given.includes(form));
        if (missing.length > 0) complain(locale, message, `a plural without ${missing.join(', ')}`);
      }
    } catch (error) {
      complain(locale, message, error.message);
    }
  }
}
for (const problem of problems.slice(0, 50)) console.error(problem);
if (problems.length > 50) console.error(`... and ${problems.length - 50} more`);
if (problems.length > 0) process.exit(1);
console.log('catalogues: complete in six languages');
