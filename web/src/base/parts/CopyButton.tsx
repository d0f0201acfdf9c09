import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useLingui } from '@lingui/react/macro';
import { IconCheck, IconCopy } from '@tabler/icons-react';

export function CopyButton({ value, label }: { value: string; label: string }) {
  const { t } = useLingui();
  const { copied, copy } = useClipboard({ timeout: 2000 });
  return (
    <Tooltip label={copied ? t`Copied` : label}>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={copied ? t`Copied` : label} onClick={(event) => (event.stopPropagation(), copy(value))}>
        {copied ? <IconCheck size={16} stroke={1.8} /> : <IconCopy size={16} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
