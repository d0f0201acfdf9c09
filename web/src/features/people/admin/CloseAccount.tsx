// Closing an account asks once more, because it ends what the person is doing this minute.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { useMe } from '../../../base/session';
import { type Person, useCloseAccount } from './queries';

export function CloseAccount({ person }: { person: Person }) {
  const { t } = useLingui();
  const me = useMe();
  const [asked, setAsked] = useState(false);
  const close = useCloseAccount(person.id);
  if (me.person.id === person.id) return null;
  if (person.state === 'disabled') {
    return (
      <section>
        <h2><Trans>This account is closed</Trans></h2>
        <p><Trans>Opened again, the person can sign in. They come back to a case only when somebody adds them.</Trans></p>
        {close.error && <ErrorState error={close.error} />}
        <Button mt={8} variant="default" loading={close.isPending} onClick={() => close.mutate(false, { onSuccess: () => showDone({ text: t`The account is open again.` }) })}>
          <Trans>Open it again</Trans>
        </Button>
      </section>
    );
  }
  return (
    <section>
      <h2><Trans>Close the account</Trans></h2>
      <p><Trans>Sessions and tokens end at once, and the person leaves every case. Nothing that they did is undone.</Trans></p>
      {close.error && <ErrorState error={close.error} />}
      <Group mt={8} gap={8}>
        {asked ? (
          <>
            <Button color="red" loading={close.isPending} onClick={() => close.mutate(true, { onSuccess: () => showDone({ text: t`The account is closed.` }) })}>
              <Trans>Close it now</Trans>
            </Button>
            <Button variant="default" onClick={() => setAsked(false)}><Trans>Not now</Trans></Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setAsked(true)}><Trans>Close the account</Trans></Button>
        )}
      </Group>
    </section>
  );
}
