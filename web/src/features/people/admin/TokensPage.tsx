// Tokens of machine clients: which program may do what, until when, and when it last came.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Page, useTitle } from '../../../base/page/Page';
import { Card } from '../../../base/parts/Card';
import { Rows, RowItem } from '../../../base/parts/Rows';
import { showDone } from '../../../base/states/done';
import { EmptyState } from '../../../base/states/EmptyState';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { AdminTabs } from './AdminTabs';
import { tokensQuery, useRevokeToken } from './queries';
import { TokenDialog } from './TokenDialog';
import { useScopeNames } from './useScopeNames';

export function TokensPage() {
  const { t } = useLingui();
  useTitle(t`Tokens of machines`);
  const format = useFormat();
  const scopeName = useScopeNames();
  const { data } = useSuspenseQuery(tokensQuery);
  const revoke = useRevokeToken();
  const [making, setMaking] = useState(false);
  return (
    <AdminTabs>
      <Page
        title={<Trans>Tokens of machines</Trans>}
        lead={<Trans>A program acts by its token, without a passkey; the record says so.</Trans>}
        actions={<Button leftSection={<IconPlus size={16} stroke={1.8} />} onClick={() => setMaking(true)}><Trans>Make a token</Trans></Button>}
      >
        {revoke.error && <ErrorState error={revoke.error} />}
        {data.items.length === 0 ? (
          <EmptyState title={<Trans>No program acts here</Trans>}><Trans>Make a token for one that brings in evidence, or fetches it.</Trans></EmptyState>
        ) : (
          <Card>
            <Rows>
              {data.items.map((token) => {
                const until = format.date(token.expires);
                const used = token.last_used && format.day(token.last_used);
                return (
                  <RowItem
                    key={token.id}
                    icon={<IconRobot size={20} stroke={1.6} />}
                    title={<bdi>{token.name}</bdi>}
                    facts={[
                      format.list(token.scopes.map(scopeName)),
                      <Trans key="until">until {until}</Trans>,
                      used ? <Trans key="used">last used {used}</Trans> : <Trans key="used">never used</Trans>,
                    ]}
                    action={
                      <Button
                        variant="default" size="xs" loading={revoke.isPending && revoke.variables === token.id}
                        onClick={() => revoke.mutate(token.id, { onSuccess: () => showDone({ text: t`The token does not work any more.` }) })}
                      >
                        <Trans>Revoke it</Trans>
                      </Button>
                    }
                  />
                );
              })}
            </Rows>
          </Card>
        )}
      </Page>
      {making && <TokenDialog onClose={() => setMaking(false)} />}
    </AdminTabs>
  );
}
