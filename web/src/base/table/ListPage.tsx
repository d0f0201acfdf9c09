// A page that is one list: title and the one button, tools (search, filters), the table, a foot with the keys. Fills
// the screen; the table scrolls in it.
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { KeyHint } from '../keys/Keys';
import { PageHead } from '../page/PageHead';
import classes from './ListPage.module.css';

interface Props {
  title?: ReactNode;
  /** Without a title on screen: the page's heading for who can't see the tabs above. */
  heading?: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  tools?: ReactNode;
  /** "16 of 112, sorted by newest number". */
  foot?: ReactNode;
  /** Raised over the foot while rows are chosen. */
  chosenBar?: ReactNode;
  /** Saved views at the start, 224 wide. */
  views?: ReactNode;
  /** Rows can be chosen: the foot shows the key. */
  choosing?: boolean;
  /** Rows can be looked at in a side panel: the foot shows the key. */
  looking?: boolean;
  children: ReactNode;
}

export function ListPage({ title, heading, meta, actions, tools, foot, chosenBar, views, choosing, looking, children }: Props) {
  const { _ } = useLingui();
  return (
    <div className={classes.page}>
      {views && <div className={classes.views}>{views}</div>}
      <div className={classes.list}>
        {heading && <VisuallyHidden><h1>{heading}</h1></VisuallyHidden>}
        {title && <PageHead title={title} meta={meta} actions={actions} className={classes.head} />}
        {tools && <div className={classes.tools} role="search">{tools}</div>}
        {children}
        {chosenBar}
        <footer className={classes.foot}>
          <span className={classes.hints}>
            <KeyHint keys={['KeyJ', 'KeyK']}>{_(msg`move`)}</KeyHint>
            {looking && <KeyHint keys={['Space']}>{_(msg`look`)}</KeyHint>}
            <KeyHint keys={['Enter']}>{_(msg`open`)}</KeyHint>
            {choosing && <KeyHint keys={['KeyX']}>{_(msg`choose`)}</KeyHint>}
          </span>
          <span>{foot}</span>
        </footer>
      </div>
    </div>
  );
}
