// The person's own menu at the foot of the rail: sessions and passkeys, looks, language, sign-out. Loaded when it is asked for: so
// it is open when it comes.
import { Trans, useLingui } from '@lingui/react/macro';
import { Menu } from '@mantine/core';
import { IconBaselineDensityMedium, IconDeviceDesktop, IconHash, IconLanguage, IconLogout, IconMoon } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { api } from '../api/client';
import { languages } from '../base/locale/languages';
import { keepPreferences, type Locale, setPreference, usePreferences } from '../base/preferences';
import { useMe } from '../base/session';
import { Initials } from './PersonButton';
import classes from './PersonMenu.module.css';

export default function PersonMenu() {
  const { t } = useLingui();
  const { name } = useMe().person;
  const router = useRouter();
  const client = useQueryClient();
  const { scheme, density, locale, digits } = usePreferences();
  const signOut = async () => {
    await api.DELETE('/me/session');
    client.clear();
    keepPreferences();
    await router.navigate({ to: '/sign-in' });
  };
  const schemes = { auto: t`Light or dark as the device`, light: t`Light`, dark: t`Dark` };
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  return (
    <Menu defaultOpened position="right-end" width={280} withinPortal>
      <Menu.Target>
        <Initials />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label><bdi>{name}</bdi></Menu.Label>
        <Menu.Item component={Link} to="/me" leftSection={<IconDeviceDesktop size={18} stroke={1.7} />}>
          <Trans>My sessions and passkeys</Trans>
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} leftSection={<IconMoon size={18} stroke={1.7} />} onClick={() => setPreference('scheme', next[scheme])}>
          {schemes[scheme]}
        </Menu.Item>
        <Menu.Item
          closeMenuOnClick={false} leftSection={<IconBaselineDensityMedium size={18} stroke={1.7} />}
          onClick={() => setPreference('density', density === 'compact' ? 'comfortable' : 'compact')}
        >
          {density === 'compact' ? <Trans>Compact rows</Trans> : <Trans>Comfortable rows</Trans>}
        </Menu.Item>
        {locale === 'ar' && (
          <Menu.Item
            closeMenuOnClick={false} leftSection={<IconHash size={18} stroke={1.7} />}
            onClick={() => setPreference('digits', digits === 'arab' ? 'latn' : 'arab')}
          >
            {digits === 'arab' ? <Trans>Arabic digits</Trans> : <Trans>Latin digits</Trans>}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label><span className={classes.language}><IconLanguage size={16} stroke={1.7} /><Trans>Language</Trans></span></Menu.Label>
        {Object.entries(languages).map(([tag, { name }]) => (
          <Menu.Item key={tag} lang={tag} aria-current={tag === locale} onClick={() => setPreference('locale', tag as Locale)} className={classes.tongue}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout className="directional" size={18} stroke={1.7} />} onClick={() => void signOut()}>
          <Trans>Sign out</Trans>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
