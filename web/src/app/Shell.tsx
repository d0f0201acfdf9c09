// The frame of every signed-in page: the rail, the top bar, the line to the node, the palette and the keys.
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { AppShell } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useKeys } from '../base/keys/registry';
import { OfflineBanner } from '../base/live/OfflineBanner';
import { useLiveEvents } from '../base/live/live';
import { FootBar, Rail } from '../base/page/Rail';
import { TopBar, useWhereSlot, WhereContext } from '../base/page/TopBar';
import { Palette } from './Palette';
import { PersonButton } from './PersonButton';
import { railEntries } from './features';
import classes from './Shell.module.css';
import { useActionKeys } from './useActions';

/** No part of the first load: few ask for it. */
const KeyHelp = lazy(() => import('../base/keys/KeyHelp').then((module) => ({ default: module.KeyHelp })));

export function Shell() {
  const { t } = useLingui();
  const narrow = useMediaQuery('(max-width: 59.99em)', undefined, { getInitialValueInEffect: false });
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const { slot, used, context } = useWhereSlot();
  useLiveEvents();
  useActionKeys();
  useKeys([
    { chord: ['Mod+KeyK'], label: msg`Find or do`, run: () => setPalette(true) },
    { chord: ['?'], label: msg`Keys of this page`, run: () => setHelp(true) },
  ]);
  return (
    <WhereContext value={context}>
      <a href="#main" className={classes.skip}><Trans>Skip to the page</Trans></a>
      <AppShell
        layout="alt"
        header={{ height: 52 }}
        navbar={{ width: 76, breakpoint: 'md', collapsed: { mobile: true } }}
        footer={{ height: 60, collapsed: !narrow }}
        transitionDuration={0}
        classNames={{ main: classes.main, header: classes.header, navbar: classes.navbar, footer: classes.footer }}
      >
        <AppShell.Header>
          <TopBar slot={slot} used={used} onFind={() => setPalette(true)} onKeys={() => setHelp(true)} />
        </AppShell.Header>
        <AppShell.Navbar>
          {!narrow && <Rail entries={railEntries} person={<PersonButton />} label={t`Main`} />}
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1}>
          <OfflineBanner />
          <Outlet />
        </AppShell.Main>
        <AppShell.Footer>
          {narrow && <FootBar entries={railEntries} person={<PersonButton />} label={t`Main`} />}
        </AppShell.Footer>
      </AppShell>
      <Palette opened={palette} onClose={() => setPalette(false)} />
      {help && <Suspense><KeyHelp onClose={() => setHelp(false)} /></Suspense>}
    </WhereContext>
  );
}
