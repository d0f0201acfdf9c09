// Reading and writing the PO catalogues, for the scripts beside this one. The format is Lingui's own.
import { formatter } from '@lingui/format-po';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const locales = ['ar', 'en', 'es', 'fr', 'ru', 'zh'];
const format = formatter({ lineNumbers: false });
const context = (locale) => ({ locale, sourceLocale: 'en', filename: file(locale) });

export function file(locale) {
  return fileURLToPath(new URL(`../po/${locale}.po`, import.meta.url));
}

/** Messages by their generated id: { message, translation, comments, origin }. */
export async function read(locale, text = readFileSync(file(locale), 'utf8')) {
  return format.parse(text, context(locale));
}

export async function write(locale, catalogue) {
  const existing = readFileSync(file(locale), 'utf8');
  writeFileSync(file(locale), await format.serialize(catalogue, { ...context(locale), existing }));
}
