// The six languages: what each calls itself, how it runs, and the tag that dates and numbers are written by.
import type { Locale, Preferences } from '../preferences';

export const languages: Record<Locale, { name: string; dir: 'ltr' | 'rtl'; tag: string }> = {
  ar: { name: 'العربية', dir: 'rtl', tag: 'ar' },
  zh: { name: '中文', dir: 'ltr', tag: 'zh-CN' },
  en: { name: 'English', dir: 'ltr', tag: 'en-GB' },
  fr: { name: 'Français', dir: 'ltr', tag: 'fr' },
  ru: { name: 'Русский', dir: 'ltr', tag: 'ru' },
  es: { name: 'Español', dir: 'ltr', tag: 'es' },
};

/** The tag for Intl: always 24 hours; Arabic digits only where a person asked for them. */
export function intlTag({ locale, digits }: Pick<Preferences, 'locale' | 'digits'>): string {
  const numbers = locale === 'ar' ? digits : 'latn';
  return `${languages[locale].tag}-u-hc-h23-nu-${numbers}`;
}
