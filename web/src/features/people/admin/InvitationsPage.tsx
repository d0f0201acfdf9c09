// The invitations: which links are out, until when, and what an invited person says is wrong.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { StateMark } from '../../../base/marks/StateMark';
import { Page, useTitle } from '../../../base/page/Page';
import { Card } from '../../../base/parts/Card';
import { Rows, RowItem } from '../../../base/parts/Rows';
import { showDone } from '../../../base/states/done';
import { EmptyState } from '../../../base/states/EmptyState';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { AdminTabs } from './AdminTabs';
import { type Invitation, invitationsQuery, useWithdrawInvitation } from './queries';
import { useRoleList } from './useRoleList';

function InvitationState({ invitation }: { invitation: Invitation }) {
  const format = useFormat();
  const until = format.dateTime(invitation.expires);
  switch (invitation.state) {
    case 'open':
      return <StateMark mark="waiting"><Trans>works until {until}</Trans></StateMark>;
    case 'used':
      return <StateMark mark="proven"><Trans>used</Trans></StateMark>;
    case 'expired':
      return <StateMark mark="void"><Trans>ran out {until}</Trans></StateMark>;
    default:
      return <StateMark mark="void"><Trans>withdrawn</Trans></StateMark>;
  }
}

export function InvitationsPage() {
  const { t } = useLingui();
  useTitle(t`Invitations`);
  const format = useFormat();
  const roleList = useRoleList();
  const { data } = useSuspenseQuery(invitationsQuery);
  const withdraw = useWithdrawInvitation();
  return (
    <AdminTabs>
      <Page title={<Trans>Invitations</Trans>} lead={<Trans>A link works once, within three days. Withdraw one that went to the wrong person.</Trans>}>
        {withdraw.error && <ErrorState error={withdraw.error} />}
        {data.items.length === 0 ? (
          <EmptyState title={<Trans>Nobody is invited</Trans>}><Trans>Invite a person on the page of all people.</Trans></EmptyState>
        ) : (
          <Card>
            <Rows>
              {data.items.map((invitation) => {
                const made = format.dateTime(invitation.created);
                const by = invitation.by?.name;
                const { wrong } = invitation;
                return (
                  <RowItem
                    key={invitation.id}
                    icon={<IconMail size={20} stroke={1.6} />}
                    title={<bdi>{invitation.person.name}</bdi>}
                    facts={[
                      roleList(invitation),
                      by ? <Trans key="by">invited {made} by <bdi>{by}</bdi></Trans> : <Trans key="by">invited {made} by whoever runs the machine</Trans>,
                      wrong && <b key="wrong"><Trans>says: “<bdi>{wrong}</bdi>”</Trans></b>,
                    ]}
                    action={
                      <Group gap={12}>
                        <InvitationState invitation={invitation} />
                        {invitation.state === 'open' && (
                          <Button
                            variant="default" size="xs" loading={withdraw.isPending && withdraw.variables === invitation.id}
                            onClick={() => withdraw.mutate(invitation.id, { onSuccess: () => showDone({ text: t`The link does not work any more.` }) })}
                          >
                            <Trans>Withdraw it</Trans>
                          </Button>
                        )}
                      </Group>
                    }
                  />
                );
              })}
            </Rows>
          </Card>
        )}
      </Page>
    </AdminTabs>
  );
}
