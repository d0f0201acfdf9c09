// Dates, numbers, sizes and durations in the reader's language: always by Intl, always 24 hours, whole sentences as
// messages of the catalogue. Use this and nothing else, so that a page never mixes two ways of writing a date.
import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import { intlTag } from './locale/languages';
import { usePreferences } from './preferences';

type Moment = string | number | Date;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

/** Formatters are dear to make and every row of a list asks for them: one set a language. */
const formatters = new Map<string, ReturnType<typeof makeFormatters>>();
const sizes = new Map<string, Intl.NumberFormat>();

function makeFormatters(tag: string) {
  const dateFormat = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options);
  return {
    longDate: dateFormat({ day: 'numeric', month: 'long', year: 'numeric' }),
    weekDate: dateFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    shortDay: dateFormat({ day: 'numeric', month: 'short' }),
    weekDay: dateFormat({ weekday: 'short', day: 'numeric', month: 'short' }),
    shortYear: dateFormat({ day: 'numeric', month: 'short', year: 'numeric' }),
    time: dateFormat({ hour: '2-digit', minute: '2-digit' }),
    timeSeconds: dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    numbers: new Intl.NumberFormat(tag),
    percent: new Intl.NumberFormat(tag, { style: 'percent' }),
    relative: new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }),
    names: { region: new Intl.DisplayNames(tag, { type: 'region' }), language: new Intl.DisplayNames(tag, { type: 'language' }) },
  };
}

function formattersOf(tag: string): ReturnType<typeof makeFormatters> {
  const known = formatters.get(tag) ?? makeFormatters(tag);
  formatters.set(tag, known);
  return known;
}

function sizeFormat(tag: string, unit: (typeof units)[number], digits: number): Intl.NumberFormat {
  const key = `${tag} ${unit} ${digits}`;
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  const known = sizes.get(key) ?? new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits });
  sizes.set(key, known);
  return known;
}

export function useFormat() {
  const { t } = useLingui();
  const { locale, digits } = usePreferences();
  return useMemo(() => {
    const tag = intlTag({ locale, digits });
    const { longDate, weekDate, shortDay, weekDay, shortYear, time, timeSeconds, numbers, percent, relative, names } = formattersOf(tag);

    const format = {
      number: (value: number) => numbers.format(value),
      percent: (share: number) => percent.format(share),
      /** 24 November 2026 */
      date: (at: Moment) => longDate.format(new Date(at)),
      /** Tuesday 24 November 2026 */
      weekDate: (at: Moment) => weekDate.format(new Date(at)),
      /** Fri 27 Nov: what falls due within days */
      weekDay: (at: Moment) => weekDay.format(new Date(at)),
      /** 12 Nov; with the year where it is not this one */
      shortDate(at: Moment) {
        const date = new Date(at);
        return (date.getFullYear() === new Date().getFullYear() ? shortDay : shortYear).format(date);
      },
      /** 09:14 */
      time: (at: Moment) => time.format(new Date(at)),
      timeSeconds: (at: Moment) => timeSeconds.format(new Date(at)),
      /** 12 Nov, 09:14; today and yesterday in words */
      dateTime(at: Moment) {
        const clock = time.format(new Date(at));
        const date = format.day(at);
        return t({ message: `${date}, ${clock}`, comment: 'A day and a time of day: "12 Nov, 09:14"' });
      },
      /** Full, for proofs: 12 November 2026, 09:14:05 */
      exact(at: Moment) {
        const date = longDate.format(new Date(at));
        const clock = timeSeconds.format(new Date(at));
        return t({ message: `${date}, ${clock}`, comment: 'A day and a time of day: "12 Nov, 09:14"' });
      },
      /** today, yesterday, or 12 Nov */
      day(at: Moment) {
        const date = new Date(at);
        const now = new Date();
        if (sameDay(date, now)) return relative.format(0, 'day');
        if (sameDay(date, new Date(now.getTime() - day))) return relative.format(-1, 'day');
        return format.shortDate(date);
      },
      /** For a column of changes: the time today, "yesterday", then the day. */
      changed: (at: Moment) => (sameDay(new Date(at), new Date()) ? format.time(at) : format.day(at)),
      /** A span in words, largest two units: "1 h 54 min", "9 days". */
      span(milliseconds: number) {
        const days = Math.round(milliseconds / day);
        if (milliseconds >= 2 * day) return t`${plural(days, { one: '# day', other: '# days' })}`;
        const hours = Math.floor(milliseconds / hour);
        const minutes = Math.floor((milliseconds % hour) / minute);
        const seconds = Math.ceil(milliseconds / 1000);
        if (hours > 0) return t`${hours} h ${minutes} min`;
        return minutes > 0 ? t`${minutes} min` : t`${seconds} s`;
      },
      /** 41.2 MB */
      bytes(size: number) {
        const step = size < 1000 ? 0 : Math.min(Math.floor(Math.log10(size) / 3), units.length - 1);
        const value = size / 1000 ** step;
        return sizeFormat(tag, units[step]!, step > 0 && value < 100 ? 1 : 0).format(value);
      },
      list: (items: string[]) => new Intl.ListFormat(tag, { type: 'conjunction' }).format(items),
      /** Names of States and languages, never in the catalogues. */
      country: (code: string) => names.region.of(code.toUpperCase()) ?? code,
      language: (code: string) => names.language.of(code) ?? code,
    };
    return format;
  }, [t, locale, digits]);
}

export type Format = ReturnType<typeof useFormat>;
