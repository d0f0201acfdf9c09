// The six languages, each in its own name, before anybody is signed in.
import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { type Locale, setPreference, usePreferences } from '../preferences';
import { languages } from './languages';
import classes from './LanguagePicker.module.css';

export function LanguagePicker() {
  const { t } = useLingui();
  const { locale } = usePreferences();
  return (
    <nav className={classes.languages} aria-label={t`Language`}>
      {Object.entries(languages).map(([tag, { name, dir }]) => (
        <UnstyledButton
          key={tag} className={classes.language} lang={tag} dir={dir} aria-current={tag === locale ? 'true' : undefined}
          onClick={() => setPreference('locale', tag as Locale)}
        >
          {name}
        </UnstyledButton>
      ))}
    </nav>
  );
}
