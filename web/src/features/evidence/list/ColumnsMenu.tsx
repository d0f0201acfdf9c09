// Which columns of the list stand: a person's choice for this browser.
import '@mantine/core/styles/CheckboxIndicator.layer.css';
import { Trans } from '@lingui/react/macro';
import { Button, Checkbox, Menu } from '@mantine/core';
import { IconColumns } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Optional, optional } from './useEvidenceColumns';

const names: Record<Optional, ReactNode> = {
  size: <Trans>Size</Trans>,
  obtained: <Trans>Obtained</Trans>,
  from: <Trans>From</Trans>,
  held: <Trans>Held by</Trans>,
  seen: <Trans>Seen by</Trans>,
  use: <Trans>Use</Trans>,
  added: <Trans>Taken in</Trans>,
};

export function ColumnsMenu({ hidden, onToggle }: { hidden: ReadonlySet<Optional>; onToggle: (column: Optional) => void }) {
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconColumns size={18} stroke={1.7} />}><Trans>Columns</Trans></Button>
      </Menu.Target>
      <Menu.Dropdown>
        {optional.map((column) => (
          <Menu.Item
            key={column} onClick={() => onToggle(column)} renderRoot={(props) => <button {...props} role="menuitemcheckbox" aria-checked={!hidden.has(column)} />}
            leftSection={<Checkbox.Indicator checked={!hidden.has(column)} size="xs" />}
          >
            {names[column]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
