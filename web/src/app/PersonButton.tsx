// Who is signed in, at the foot of the rail. The menu behind it is no part of the first load: it comes once the page is at
// rest, or when it is asked for before that.
import { useLingui } from '@lingui/react/macro';
import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { type ComponentProps, lazy, Suspense, useEffect, useState } from 'react';
import { initials } from '../base/parts/initials';
import { useMe } from '../base/session';
import classes from './PersonMenu.module.css';

const load = () => import('./PersonMenu');
const PersonMenu = lazy(load);

export function PersonButton() {
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => undefined), 1500); // offline: asking for it says so
    return () => clearTimeout(timer);
  }, []);
  const button = <Initials onClick={() => setWanted(true)} aria-haspopup="menu" aria-expanded={false} />;
  return wanted ? <Suspense fallback={button}><PersonMenu /></Suspense> : button;
}

export function Initials(props: ComponentProps<'button'>) {
  const { t } = useLingui();
  const { name } = useMe().person;
  return (
    <UnstyledButton className={classes.person} {...props}>
      <span className={classes.initials} aria-hidden>{initials(name)}</span>
      <VisuallyHidden>{t`${name}: your own menu`}</VisuallyHidden>
    </UnstyledButton>
  );
}
