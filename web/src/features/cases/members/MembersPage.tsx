// Who works on the case, since when, let in by whom. Letting somebody in, and taking somebody off, is confirmed.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Page, useTitle } from '../../../base/page/Page';
import { useCase } from '../../../base/space';
import { useFormat } from '../../../base/useFormat';
import { type Member, membersQuery } from '../queries';
import { AddMember } from './AddMember';
import { MemberList } from './MemberList';
import { RemoveMember } from './RemoveMember';

export function MembersPage() {
  const { t } = useLingui();
  useTitle(t`Members`);
  const one = useCase();
  const format = useFormat();
  const members = useSuspenseQuery(membersQuery(one.id)).data.items;
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  return (
    <Page
      title={<Trans>Members</Trans>}
      meta={<Plural value={members.length} one="# person sees this case" other="# people see this case" />}
      lead={<Trans>Only who stands here sees that the case exists. Auditors see its record, and open nothing.</Trans>}
      actions={
        one.may.add_member && (
          <Button leftSection={<IconUserPlus size={18} stroke={1.7} />} onClick={() => setAdding(true)}><Trans>Add a member</Trans></Button>
        )
      }
    >
      <MemberList
        members={members}
        end={(member) => {
          const since = format.date(member.since);
          const by = member.added_by?.name ?? '';
          return (
            <>
              {by ? <span><Trans>since {since}, let in by <bdi>{by}</bdi></Trans></span> : <span><Trans>since {since}, opened the case</Trans></span>}
              {one.may.add_member && members.length > 1 && (
                <Button variant="default" size="xs" onClick={() => setLeaving(member)}><Trans>Take off the case</Trans></Button>
              )}
            </>
          );
        }}
      />
      {adding && <AddMember members={members} onClose={() => setAdding(false)} />}
      {leaving && <RemoveMember member={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}
