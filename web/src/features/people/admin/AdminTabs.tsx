import { useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Tabbed } from '../../../base/page/Tabbed';

/** People, the invitations that are out, the tokens of machines. */
export function AdminTabs({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  return (
    <Tabbed
      label={t`People`}
      tabs={[
        { to: '/people', label: t`People`, exact: true },
        { to: '/people/invitations', label: t`Invitations` },
        { to: '/people/tokens', label: t`Tokens of machines` },
      ]}
    >
      {children}
    </Tabbed>
  );
}
