// Language, direction, colours and caches around the router.
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { DirectionProvider, MantineProvider, useDirection, useMantineColorScheme } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { activateLocale } from '../base/locale/load';
import { usePreferences } from '../base/preferences';
import { styleNonce } from '../base/security';
import { DoneBar } from '../base/states/DoneBar';
import { theme } from '../base/theme/theme';
import { colorScheme } from './colorScheme';
import { queryClient, router } from './router';

/** Follows the preferences: the catalogue, the direction, the colour scheme. */
function Follow() {
  const { locale, scheme, digits } = usePreferences();
  const shown = useRef(digits);
  const { setDirection } = useDirection();
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (locale === i18n.locale && digits === shown.current) return;
    shown.current = digits;
    void activateLocale(locale).then(() => setDirection(document.documentElement.dir as 'ltr' | 'rtl'));
  }, [locale, digits, setDirection]);
  useEffect(() => setColorScheme(scheme), [scheme, setColorScheme]);
  return null;
}

export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <DirectionProvider>
        <MantineProvider theme={theme} getStyleNonce={styleNonce} colorSchemeManager={colorScheme} defaultColorScheme="auto">
          <QueryClientProvider client={queryClient}>
            <Follow />
            <RouterProvider router={router} />
            <DoneBar />
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nProvider>
  );
}
