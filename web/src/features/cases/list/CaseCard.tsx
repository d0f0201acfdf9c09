import { Plural } from '@lingui/react/macro';
import { Group, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import type { Case } from '../../../base/space';
import { useFormat } from '../../../base/useFormat';
import { CaseState } from './useCaseColumns';

/** A case on a narrow screen: number and state, title, two facts. */
export function CaseCard({ one }: { one: Case }) {
  const navigate = useNavigate();
  const format = useFormat();
  return (
    <UnstyledButton w="100%" onClick={() => void navigate({ to: '/cases/$space', params: { space: one.id } })}>
      <Group justify="space-between" gap={8} className="meta">
        <ExhibitNumber>{one.reference}</ExhibitNumber>
        <CaseState one={one} />
      </Group>
      <b><bdi>{one.title}</bdi></b>
      <Group justify="space-between" gap={8} className="meta">
        <Plural value={one.exhibits} one="# exhibit" other="# exhibits" />
        <span>{format.changed(one.changed)}</span>
      </Group>
    </UnstyledButton>
  );
}
