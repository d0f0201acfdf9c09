// Loads a language's catalogue and turns the document to it. In development `?pseudo` shows accented, longer messages
// (`?pseudo=rtl`: mirrored too), so that a string outside the catalogues or a tight layout shows itself.
import { i18n, type Messages } from '@lingui/core';
import { type Locale, preferences } from '../preferences';
import { intlTag, languages } from './languages';

const catalogues: Record<Locale, () => Promise<{ messages: Messages }>> = {
  ar: () => import('../../../po/ar.po'),
  en: () => import('../../../po/en.po'),
  es: () => import('../../../po/es.po'),
  fr: () => import('../../../po/fr.po'),
  ru: () => import('../../../po/ru.po'),
  zh: () => import('../../../po/zh.po'),
};

/** One catalogue, for whoever needs a second language beside the page's: the palette answers English on every page. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return (await catalogues[locale]()).messages;
}

export async function activateLocale(locale: Locale): Promise<void> {
  let messages = await loadMessages(locale);
  let { dir } = languages[locale];
  const pseudo = import.meta.env.DEV ? new URLSearchParams(location.search).get('pseudo') : null;
  if (pseudo !== null) {
    messages = (await import('./pseudo')).pseudonymise(messages);
    if (pseudo === 'rtl') dir = 'rtl';
  }
  i18n.loadAndActivate({ locale, locales: intlTag({ locale, digits: preferences().digits }), messages }); // counts in messages, too
  document.documentElement.lang = locale;
  document.documentElement.dir = dir;
}
