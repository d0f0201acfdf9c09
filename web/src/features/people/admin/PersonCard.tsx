import { Group, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Person as PersonName } from '../../../base/parts/Person';
import { AccountState } from './AccountState';
import type { Person } from './queries';
import { useRoleList } from './useRoleList';

/** A person on a narrow screen. */
export function PersonCard({ person }: { person: Person }) {
  const roleList = useRoleList();
  const navigate = useNavigate({ from: '/people' });
  return (
    <UnstyledButton w="100%" onClick={() => void navigate({ search: (was) => ({ ...was, person: person.id }) })}>
      <Group justify="space-between" gap={8}>
        <PersonName name={person.name}>{roleList(person)}</PersonName>
        <AccountState person={person} />
      </Group>
    </UnstyledButton>
  );
}
