// The views at the start of a list page: the list as it comes, what one kept, and the way to keep one more.
import { Trans, useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import classes from './Views.module.css';
import { useDropView } from './useDropView';
import type { Sought, Views } from './useViews';

const KeepView = lazy(() => import('./KeepView'));

interface Props {
  views: Views;
  /** What the list is called as it comes. */
  all: ReactNode;
  onOpen: (sought: Sought) => void;
}

export function ViewsPanel({ views, all, onOpen }: Props) {
  const { t } = useLingui();
  const [keeping, setKeeping] = useState(false);
  const drop = useDropView(views);
  return (
    <nav aria-label={t`Views`}>
      <h2 className={classes.title}><Trans>Views</Trans></h2>
      <ul className={classes.list}>
        <li className={classes.row} data-current={views.plain || undefined}>
          <UnstyledButton className={classes.name} aria-current={views.plain ? 'true' : undefined} onClick={() => onOpen({})}>{all}</UnstyledButton>
        </li>
        {views.views.map((view) => {
          const current = views.current?.id === view.id;
          const { name } = view;
          return (
            <li key={view.id} className={classes.row} data-current={current || undefined}>
              <UnstyledButton className={classes.name} aria-current={current ? 'true' : undefined} onClick={() => onOpen(views.soughtBy(view))}><bdi>{name}</bdi></UnstyledButton>
              <UnstyledButton className={classes.drop} aria-label={t`Drop the view ${name}`} onClick={() => drop(view)}><IconX size={14} stroke={1.8} /></UnstyledButton>
            </li>
          );
        })}
      </ul>
      {!views.plain && !views.current ? (
        <UnstyledButton className={classes.keep} onClick={() => setKeeping(true)}><IconPlus size={16} stroke={1.7} /><Trans>Keep this view</Trans></UnstyledButton>
      ) : (
        views.views.length === 0 && <p className={classes.hint}><Trans>Search, filter or sort: then you can keep what you see under a name.</Trans></p>
      )}
      {keeping && <Suspense><KeepView views={views} onClose={() => setKeeping(false)} /></Suspense>}
    </nav>
  );
}
