import { Trans, useLingui } from '@lingui/react/macro';
import { IconEyeOff, IconHistory } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { api, body } from '../../../api/client';
import { ConfirmAct } from '../../../base/confirm/ConfirmAct';
import type { Prepared } from '../../../base/confirm/confirmation';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useMe } from '../../../base/session';
import { useCase } from '../../../base/space';
import { showDone } from '../../../base/states/done';
import type { Member } from '../queries';

export function RemoveMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const one = useCase();
  const client = useQueryClient();
  const mine = me.person.name;
  const name = member.person.name;
  const reference = unbroken(one.reference);
  return (
    <ConfirmAct<Member>
      onClose={onClose}
      title={<Trans>Take off the case</Trans>}
      sentence={<Trans>I, <b><bdi>{mine}</bdi></b>, take <b><bdi>{name}</bdi></b> off case <b><bdi>{reference}</bdi></b>.</Trans>}
      consequences={[
        { icon: <IconEyeOff size={18} stroke={1.7} />, text: <Trans>From that moment on they see nothing of it.</Trans> },
        { icon: <IconHistory size={18} stroke={1.7} />, text: <Trans>What they did stays, and stays valid.</Trans> },
      ]}
      ready
      nothingYet={<Trans>Nobody is taken off before your passkey has answered.</Trans>}
      about={member.person.id}
      prepare={() =>
        body(api.DELETE('/cases/{space}/members/{person}', { params: { path: { space: one.id, person: member.person.id } } })) as unknown as Promise<{ confirm: Prepared }>
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['spaces', one.id] });
        showDone({ text: t`${name} does not work on the case any more.` });
        onClose();
      }}
    />
  );
}
