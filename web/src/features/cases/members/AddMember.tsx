// Letting somebody in: who, in which roles; beside it the sentence that the passkey confirms.
import { Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, Select, Stack } from '@mantine/core';
import { IconArrowBackUp, IconEye, IconHistory } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schemas } from '../../../api/client';
import { ConfirmAct } from '../../../base/confirm/ConfirmAct';
import type { Prepared } from '../../../base/confirm/confirmation';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useMe } from '../../../base/session';
import { useCase } from '../../../base/space';
import { showDone } from '../../../base/states/done';
import { directoryQuery, type Member } from '../queries';
import { useRoles } from './useRoles';

type Role = Schemas['Role'];

export function AddMember({ members, onClose }: { members: readonly Member[]; onClose: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const one = useCase();
  const client = useQueryClient();
  const roleNames = useRoles();
  const directory = useQuery(directoryQuery);
  const [who, setWho] = useState<string | null>(null);
  const [roles, setRoles] = useState<Role[]>([]);
  const people = (directory.data?.items ?? []).filter((person) => person.roles.length > 0 && !members.some((member) => member.person.id === person.id));
  const chosen = people.find((person) => person.id === who);
  const choose = (id: string | null) => {
    setWho(id);
    setRoles(people.find((person) => person.id === id)?.roles ?? []);
  };
  const mine = me.person.name;
  const name = chosen?.name ?? '…';
  const reference = unbroken(one.reference);
  const as = roles.length ? roleNames(roles) : '…';
  return (
    <ConfirmAct<Member>
      onClose={onClose}
      title={<Trans>Add a member</Trans>}
      lead={<Trans>Whoever is added sees the whole case, from its first record on.</Trans>}
      fields={
        <Stack gap={16}>
          <Select
            label={<Trans>Who</Trans>} searchable data-autofocus value={who} onChange={choose} nothingFoundMessage={<Trans>Nobody goes by that</Trans>}
            placeholder={t`Name`}
            data={people.map((person) => ({ value: person.id, label: [person.name, person.title, person.affiliation].filter(Boolean).join(', ') }))}
          />
          {chosen && (
            <Checkbox.Group label={<Trans>As what</Trans>} value={roles} onChange={(value) => setRoles(value as Role[])}>
              <Stack gap={8} mt={6}>
                {chosen.roles.map((role) => <Checkbox key={role} value={role} label={roleNames([role])} />)}
              </Stack>
            </Checkbox.Group>
          )}
        </Stack>
      }
      sentence={<Trans>I, <b><bdi>{mine}</bdi></b>, let <b><bdi>{name}</bdi></b> work as {as} on case <b><bdi>{reference}</bdi></b>.</Trans>}
      consequences={[
        { icon: <IconEye size={18} stroke={1.7} />, text: <Trans>They see every exhibit, and each opening is recorded.</Trans> },
        { icon: <IconHistory size={18} stroke={1.7} />, text: <Trans>That you let them in stays in the record.</Trans> },
        { icon: <IconArrowBackUp size={18} stroke={1.7} />, text: <Trans>You can take them off the case again. What they have seen, they have seen.</Trans> },
      ]}
      ready={Boolean(chosen) && roles.length > 0}
      dirty={Boolean(chosen)}
      nothingYet={<Trans>Nobody is let in before your passkey has answered.</Trans>}
      about={`${who} ${roles.toSorted().join()}`}
      prepare={() =>
        body(api.POST('/cases/{space}/members', { params: { path: { space: one.id } }, body: { person: who!, roles } })) as Promise<{ confirm: Prepared }>
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['spaces', one.id] });
        showDone({ text: t`${name} works on the case now.` });
        onClose();
      }}
    />
  );
}
