// The same views behind a button, where a list needs the whole width.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconBookmark, IconPlus, IconX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import classes from './Views.module.css';
import { useDropView } from './useDropView';
import type { Sought, Views } from './useViews';

const KeepView = lazy(() => import('./KeepView'));

interface Props {
  views: Views;
  all: ReactNode;
  onOpen: (sought: Sought) => void;
}

export function ViewsMenu({ views, all, onOpen }: Props) {
  const { t } = useLingui();
  const [keeping, setKeeping] = useState(false);
  const drop = useDropView(views);
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={18} stroke={1.7} />}>{views.current ? <bdi className={classes.shown}>{views.current.name}</bdi> : <Trans>Views</Trans>}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item aria-current={views.plain ? 'true' : undefined} onClick={() => onOpen({})}>{all}</Menu.Item>
          {views.views.map((view) => {
            const { name } = view;
            return (
              <span key={view.id} className={classes.item}>
                <Menu.Item aria-current={views.current?.id === view.id ? 'true' : undefined} onClick={() => onOpen(views.soughtBy(view))}><bdi>{name}</bdi></Menu.Item>
                <ActionIcon variant="subtle" color="gray" size={28} aria-label={t`Drop the view ${name}`} onClick={() => drop(view)}><IconX size={14} stroke={1.8} /></ActionIcon>
              </span>
            );
          })}
          <Menu.Divider />
          <Menu.Item disabled={views.plain || views.current !== undefined} leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setKeeping(true)}>
            <Trans>Keep this view</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {keeping && <Suspense><KeepView views={views} onClose={() => setKeeping(false)} /></Suspense>}
    </>
  );
}
