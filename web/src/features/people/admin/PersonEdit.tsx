import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Fact, Facts } from '../../../base/parts/Card';
import { showDone } from '../../../base/states/done';
import { ErrorState } from '../../../base/states/ErrorState';
import { useFormat } from '../../../base/useFormat';
import { AccountState } from './AccountState';
import { CloseAccount } from './CloseAccount';
import { LinkOnce } from './LinkOnce';
import { PersonFields, type PersonValues } from './PersonFields';
import { type Person, type PersonChange, useChangePerson, useInvite } from './queries';

/** Only what was changed: what was not touched stays as somebody else may have set it meanwhile. */
function changes(person: Person, values: PersonValues): PersonChange {
  const change: PersonChange = {};
  if (values.name.trim() !== person.name) change.name = values.name.trim();
  if (values.title !== person.title) change.title = values.title;
  if (values.affiliation !== person.affiliation) change.affiliation = values.affiliation;
  if (values.roles.toSorted().join() !== person.roles.toSorted().join()) change.roles = values.roles;
  if (values.admin !== person.admin) change.admin = values.admin;
  return change;
}

export function PersonEdit({ person, etag, onClose }: { person: Person; etag: string | null; onClose: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const save = useChangePerson(person.id, etag);
  const invite = useInvite();
  const renamed = person.renamed ? format.dateTime(person.renamed.at) : '';
  const renamer = person.renamed?.by?.name;
  const form = useForm<PersonValues>({
    mode: 'uncontrolled',
    initialValues: { name: person.name, title: person.title, affiliation: person.affiliation, roles: [...person.roles], admin: person.admin },
    validate: { name: (name) => (name.trim() ? null : t`A person has a name.`) },
  });
  const submit = (values: PersonValues) => {
    const change = changes(person, values);
    if (Object.keys(change).length === 0) return onClose();
    save.mutate(change, { onSuccess: () => (showDone({ text: t`The person was corrected.` }), onClose()) });
  };
  if (invite.data) return <LinkOnce link={invite.data.link} expires={invite.data.expires} onClose={onClose} />;
  return (
    <Stack gap={20}>
      <Facts>
        <Fact term={<Trans>Account</Trans>}><AccountState person={person} /></Fact>
        <Fact term={<Trans>Since</Trans>}>{format.date(person.created)}</Fact>
        <Fact term={<Trans>Last here</Trans>}>{person.last_seen ? format.dateTime(person.last_seen) : <Trans>never</Trans>}</Fact>
        {person.renamed && <Fact term={<Trans>Renamed</Trans>}>{renamer ? <Trans>{renamed} by <bdi>{renamer}</bdi></Trans> : <Trans>{renamed} on the machine itself</Trans>}</Fact>}
        {!person.machine && <Fact term={<Trans>Passkeys</Trans>}>{format.number(person.passkeys)}</Fact>}
      </Facts>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack gap={16}>
          {save.error && <ErrorState error={save.error} />}
          <PersonFields form={form} />
          <Group gap={8}>
            <Button type="submit" loading={save.isPending}><Trans>Correct it</Trans></Button>
            <Button variant="default" onClick={onClose}><Trans>Not now</Trans></Button>
          </Group>
        </Stack>
      </form>
      {!person.machine && person.state !== 'disabled' && (
        <section>
          <h2><Trans>A new link</Trans></h2>
          <p><Trans>For somebody who has lost every passkey. See or hear them first: whoever has the link is this person.</Trans></p>
          {invite.error && <ErrorState error={invite.error} />}
          <Button mt={8} variant="default" loading={invite.isPending} onClick={() => invite.mutate({ person: person.id })}><Trans>Make a new link</Trans></Button>
        </section>
      )}
      <CloseAccount person={person} />
    </Stack>
  );
}
