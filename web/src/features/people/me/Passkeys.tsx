// The passkeys: at least two, so that a lost device locks nobody out.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconFingerprint, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Card, Section } from '../../../base/parts/Card';
import { Rows, RowItem } from '../../../base/parts/Rows';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { Notice } from '../../../base/states/Notice';
import { useFormat } from '../../../base/useFormat';
import { PasskeyEdit } from './PasskeyEdit';
import { type Passkey, passkeysQuery, useAddPasskey } from './passkeys';

export function Passkeys() {
  const { t } = useLingui();
  const format = useFormat();
  const { data } = useSuspenseQuery(passkeysQuery);
  const add = useAddPasskey();
  const [edited, setEdited] = useState<Passkey | null>(null);
  return (
    <Section
      title={<Trans>Passkeys</Trans>}
      meta={<Plural value={data.items.length} one="One opens this account" other="# open this account" />}
      action={
        <Button
          variant={data.items.length < 2 ? 'filled' : 'default'} leftSection={<IconPlus size={16} stroke={1.8} />} loading={add.isPending}
          onClick={() => add.mutate(undefined, { onSuccess: () => showDone({ text: t`The passkey was added.` }) })}
        >
          <Trans>Add a passkey</Trans>
        </Button>
      }
    >
      {data.items.length < 2 && (
        <Notice kind="waiting" title={<Trans>Add a second passkey</Trans>}>
          <Trans>A phone or a security key, for the day when you lose the first.</Trans>
        </Notice>
      )}
      {add.error && <ErrorState error={add.error} />}
      <Card>
        <Rows>
          {data.items.map((passkey) => {
            const made = format.date(passkey.created);
            const used = passkey.last_used && format.dateTime(passkey.last_used);
            return (
              <RowItem
                key={passkey.id}
                icon={<IconFingerprint size={20} stroke={1.6} />}
                title={<bdi>{passkey.label}</bdi>}
                facts={[
                  <Trans key="made">made {made}</Trans>,
                  used ? <Trans key="used">last used {used}</Trans> : <Trans key="used">never used</Trans>,
                  passkey.backed_up && <Trans key="kept">kept by its provider, on several devices</Trans>,
                ]}
                action={<Button variant="default" size="xs" onClick={() => setEdited(passkey)}><Trans>Change</Trans></Button>}
              />
            );
          })}
        </Rows>
      </Card>
      {edited && <PasskeyEdit passkey={edited} last={data.items.length < 2} onClose={() => setEdited(null)} />}
    </Section>
  );
}
