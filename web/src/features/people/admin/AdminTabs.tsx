import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Tabbed } from '../../../base/page/Tabbed';

/** People, the invitations that are out, the tokens of machines. */
export function AdminTabs({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  return (
    <Tabbed
      label={t`People`}
      tabs={[
        { to: '/people', label: <Trans>People</Trans>, exact: true },
        { to: '/people/invitations', label: <Trans>Invitations</Trans> },
        { to: '/people/tokens', label: <Trans>Tokens of machines</Trans> },
      ]}
    >
      {children}
    </Tabbed>
  );
}
