import type { ReactNode } from 'react';
import { Card } from '../../../base/parts/Card';
import { Person } from '../../../base/parts/Person';
import { useMe } from '../../../base/session';
import type { Member } from '../queries';
import classes from './MemberList.module.css';
import { useRoles } from './useRoles';

export function MemberList({ members, end }: { members: readonly Member[]; end?: (member: Member) => ReactNode }) {
  const roles = useRoles();
  const me = useMe();
  return (
    <Card>
      <ul className={classes.list}>
        {members.map((member) => (
          <li key={member.person.id} className={classes.member}>
            <Person name={member.person.name} own={member.person.id === me.person.id}>
              {[roles(member.roles), member.person.affiliation].filter(Boolean).join(' · ')}
            </Person>
            {end && <span className={classes.end}>{end(member)}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
