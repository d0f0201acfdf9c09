// A page under tabs: the tabs stay on top while it scrolls.
import type { ReactNode } from 'react';
import { type PageTab, PageTabs } from './PageTabs';
import classes from './Tabbed.module.css';

interface Props {
  tabs: readonly PageTab[];
  label: string;
  end?: ReactNode;
  children: ReactNode;
}

export function Tabbed({ tabs, label, end, children }: Props) {
  return (
    <div className={classes.tabbed} data-tabs>
      <PageTabs tabs={tabs} label={label} end={end} />
      {children}
    </div>
  );
}
