/** The page's languages: texts with {names} in them, and how each writes dates and numbers. */
import { ar } from './ar.ts';
import { en, type Key, type Words } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { ru } from './ru.ts';
import { zh } from './zh.ts';

export type { Key } from './en.ts';
export const LANGUAGES = { ar: 'العربية', en: 'English', es: 'Español', fr: 'Français', ru: 'Русский', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;
export const CATALOGUES: Readonly<Record<Language, Words>> = { ar, en, es, fr, ru, zh };

export const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);
export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr');

/** The first of the reader's languages that there are texts in. */
export function preferred(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.split('-')[0]!.toLowerCase()).find(isLanguage) ?? 'en';
}

/** Whatever stands in for a {name} keeps to itself: a title in Arabic turns no English sentence round. */
const isolated = (text: string): string => `\u2068${text}\u2069`;

export class Speech {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  say(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
    return CATALOGUES[this.language][key].replace(/\{([a-z0-9]+)\}/gi, (_, name: string) => {
      const value = values[name] ?? '';
      return isolated(typeof value === 'number' ? this.number(value) : value);
    });
  }

  number = (value: number): string => new Intl.NumberFormat(this.language).format(value);
  percent = (value: number): string => new Intl.NumberFormat(this.language, { style: 'percent' }).format(value);
  list = (items: readonly string[]): string => new Intl.ListFormat(this.language).format(items.map(isolated));

  time(when: string | number, dateStyle: 'long' | 'medium' = 'long'): string {
    const date = new Date(typeof when === 'number' ? when * 1000 : when);
    return new Intl.DateTimeFormat(this.language, { dateStyle, timeStyle: 'medium', hourCycle: 'h23' }).format(date);
  }

  size(bytes: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
    const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
    return new Intl.NumberFormat(this.language, { style: 'unit', unit: units[step]!, maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
  }
}
