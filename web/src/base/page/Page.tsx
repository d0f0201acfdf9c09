// The body of a page: title, what can be done (one filled button at most), content. `wide` pages (lists, viewers) fill
// the space and bring their own edges.
import { type ReactNode, useEffect } from 'react';
import classes from './Page.module.css';
import { PageHead } from './PageHead';

interface Props {
  title?: ReactNode;
  /** Beside the title, quietly: a count, a date. */
  meta?: ReactNode;
  /** One sentence or three under the title. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** Beside the content, 320 to 360 wide; below it on narrow screens. */
  aside?: ReactNode;
  children?: ReactNode;
}

export function Page({ title, meta, lead, actions, aside, children }: Props) {
  return (
    <div className={classes.page} data-aside={aside ? true : undefined}>
      <div className={classes.content}>
        {title && <PageHead title={title} meta={meta} actions={actions} />}
        {lead && <div className={classes.lead}>{lead}</div>}
        {children}
      </div>
      {aside && <aside className={classes.aside}>{aside}</aside>}
    </div>
  );
}

/** What the browser's tab and a screen reader call this page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Comity` : 'Comity';
  }, [title]);
}
