// The two halves that a person sees before they are signed in: the node and its door on the first, the way in by
// invitation on the second. A narrow screen shows the half that matters now.
import type { ReactNode } from 'react';
import { LanguagePicker } from '../../../base/locale/LanguagePicker';
import { Logo } from '../../../base/page/Logo';
import classes from './EntryLayout.module.css';

interface Half {
  head?: ReactNode;
  body: ReactNode;
  foot: ReactNode;
}

export function EntryLayout({ door, invitation, main }: { door: Half; invitation: Half; main: 'door' | 'invitation' }) {
  return (
    <main className={classes.page} data-main={main}>
      <section className={classes.door}>
        <div className={classes.top}>
          <Logo height={28} />
          <LanguagePicker />
        </div>
        <div className={classes.body}>{door.body}</div>
        <p className={classes.foot}>{door.foot}</p>
      </section>
      <section className={classes.invitation}>
        <div className={classes.top}>{invitation.head}</div>
        <div className={classes.body}>{invitation.body}</div>
        <p className={classes.foot}>{invitation.foot}</p>
      </section>
    </main>
  );
}
