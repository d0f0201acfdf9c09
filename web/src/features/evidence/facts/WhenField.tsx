// A day and a time of day, in the reader's language, with the week of the State. Nobody may know it: it can stay empty.
import '@mantine/dates/styles.layer.css';
import { useLingui } from '@lingui/react/macro';
import { DatesProvider, DateTimePicker } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { type Locale, usePreferences } from '../../../base/preferences';
import { useMe } from '../../../base/session';
import { weekOf } from './week';

const words: Record<Locale, () => Promise<unknown>> = {
  ar: () => import('dayjs/locale/ar'),
  en: () => import('dayjs/locale/en-gb'),
  es: () => import('dayjs/locale/es'),
  fr: () => import('dayjs/locale/fr'),
  ru: () => import('dayjs/locale/ru'),
  zh: () => import('dayjs/locale/zh'),
};
const names: Partial<Record<Locale, string>> = { en: 'en-gb' };

interface Props {
  label: ReactNode;
  /** Local: "2026-11-12 09:14:00". */
  value: string | null;
  onChange: (value: string | null) => void;
  error?: ReactNode;
}

export function WhenField({ label, value, onChange, error }: Props) {
  const { t } = useLingui();
  const { locale } = usePreferences();
  const { node } = useMe();
  const [ready, setReady] = useState<Locale>();
  useEffect(() => {
    let wanted = true;
    void words[locale]().then(() => wanted && setReady(locale));
    return () => void (wanted = false);
  }, [locale]);
  return (
    <DatesProvider settings={{ locale: ready === locale ? (names[locale] ?? locale) : 'en', ...weekOf(node.country) }}>
      <DateTimePicker
        label={label} value={value} onChange={onChange} error={error} clearable valueFormat={t({ message: 'D MMM YYYY, HH:mm', comment: 'How a day and a time are written in a field; D day, MMM short month, YYYY year, HH:mm clock' })}
        maxDate={new Date()} leftSection={<IconCalendar size={16} stroke={1.7} />} clearButtonProps={{ 'aria-label': t`Nobody knows when` }}
        timePickerProps={{ format: '24h' }} highlightToday
      />
    </DatesProvider>
  );
}
