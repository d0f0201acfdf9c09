// Tabs that are places: each is a link with an address of its own, so that a tab can be opened beside, sent, and gone
// back to. Keys 1 to 9 lead there.
import { Link, useRouter, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useKeys } from '../keys/registry';
import classes from './PageTabs.module.css';

export interface PageTab {
  to: string;
  label: string;
  count?: number | undefined;
  /** Only this address itself, not those below it. */
  exact?: boolean;
  /** Other addresses that belong to this tab. */
  also?: readonly string[] | undefined;
}

export function PageTabs({ tabs, label, end }: { tabs: readonly PageTab[]; label: string; end?: ReactNode }) {
  const router = useRouter();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useKeys(
    tabs.slice(0, 9).map(({ to, label }, at) => ({ chord: [`Digit${at + 1}`], label, run: () => void router.navigate({ to }) })),
  );
  // On a phone the tabs scroll; the one that is shown must not be half out of sight.
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [path]);
  return (
    <div className={classes.bar}>
      <nav ref={nav} className={classes.tabs} aria-label={label}>
        {tabs.map(({ to, label: word, count, exact, also }) => (
          <Link
            key={to} to={to} className={classes.tab} activeOptions={{ exact: exact ?? false, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}
            {...(also?.some((other) => path.startsWith(other)) ? { 'aria-current': 'page' } : {})}
          >
            {word}
            {count !== undefined && <span className={classes.count}>{count}</span>}
          </Link>
        ))}
      </nav>
      {end && <div className={classes.end}>{end}</div>}
    </div>
  );
}
