// Where this account is open. Ending the session of this browser is signing out, which stands in the person's menu.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Card, Section } from '../../../base/parts/Card';
import { Rows, RowItem } from '../../../base/parts/Rows';
import { Tag } from '../../../base/parts/Tag';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { agentName } from './agent';
import { sessionsQuery, useEndSessions } from './sessions';

export function Sessions() {
  const { t } = useLingui();
  const format = useFormat();
  const { data } = useSuspenseQuery(sessionsQuery);
  const end = useEndSessions();
  return (
    <Section
      title={<Trans>Sessions</Trans>}
      meta={<Trans>Each ends after 30 minutes without use, and after 12 hours in any case.</Trans>}
      action={
        data.items.length > 1 && (
          <Button
            variant="default" loading={end.isPending && end.variables === 'others'}
            onClick={() => end.mutate('others', { onSuccess: () => showDone({ text: t`You are signed out everywhere else.` }) })}
          >
            <Trans>Sign out everywhere else</Trans>
          </Button>
        )
      }
    >
      {end.error && <ErrorState error={end.error} />}
      <Card>
        <Rows>
          {data.items.map((session) => {
            const since = format.dateTime(session.created);
            const used = format.dateTime(session.last_used);
            const Icon = /iPhone|Android/.test(session.agent) ? IconDeviceMobile : IconDeviceDesktop;
            return (
              <RowItem
                key={session.id}
                icon={<Icon size={20} stroke={1.6} />}
                title={<Group gap={8}><bdi>{agentName(session.agent)}</bdi>{session.current && <Tag tone="accent"><Trans>this one</Trans></Tag>}</Group>}
                facts={[
                  <bdi key="address" dir="ltr">{session.address}</bdi>,
                  <Trans key="since">since {since}</Trans>,
                  <Trans key="used">last used {used}</Trans>,
                ]}
                action={
                  !session.current && (
                    <Button
                      variant="default" size="xs" loading={end.isPending && end.variables === session.id}
                      onClick={() => end.mutate(session.id, { onSuccess: () => showDone({ text: t`That session has ended.` }) })}
                    >
                      <Trans>End it</Trans>
                    </Button>
                  )
                }
              />
            );
          })}
        </Rows>
      </Card>
    </Section>
  );
}
