// The bar on top: where one is (the authority, or the way to a case), the palette, the state of the line, the keys.
// A page says where it is by <Where>; without one the authority's name stands there.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { Keys } from '../keys/Keys';
import { LineState } from '../live/LineState';
import { useMe } from '../session';
import classes from './TopBar.module.css';

interface Slot {
  element: HTMLElement | null;
  setUsed: (used: boolean) => void;
}
export const WhereContext = createContext<Slot>({ element: null, setUsed: () => {} });

/** What stands at the start of the top bar while this page is shown. */
export function Where({ children }: { children: ReactNode }) {
  const { element, setUsed } = useContext(WhereContext);
  useEffect(() => {
    setUsed(true);
    return () => setUsed(false);
  }, [setUsed]);
  return element ? createPortal(children, element) : null;
}

interface Props {
  slot: (element: HTMLElement | null) => void;
  used: boolean;
  onFind: () => void;
  onKeys: () => void;
}

export function TopBar({ slot, used, onFind, onKeys }: Props) {
  const { t } = useLingui();
  const { node } = useMe();
  return (
    <div className={classes.bar}>
      <div className={classes.where}>
        {!used && <b><bdi>{node.title}</bdi></b>}
        <div ref={slot} className={classes.slot} />
      </div>
      <UnstyledButton className={classes.find} onClick={onFind}>
        <IconSearch size={16} stroke={1.7} />
        <span className={classes.hint}><Trans>Find or do</Trans></span>
        <Keys keys={['Mod+KeyK']} />
      </UnstyledButton>
      <LineState />
      <ActionIcon variant="default" size={30} className={classes.help} onClick={onKeys} aria-label={t`Keys of this page`}>
        <b aria-hidden>?</b>
      </ActionIcon>
    </div>
  );
}

export function useWhereSlot() {
  const [element, slot] = useState<HTMLElement | null>(null);
  const [count, setCount] = useState(0);
  const [setUsed] = useState(() => (used: boolean) => setCount((was) => was + (used ? 1 : -1)));
  return { slot, used: count > 0, context: { element, setUsed } };
}
