// The search of a list: "/" goes there, Escape leaves; what was typed is told after a short pause and kept in the
// address bar by the page.
import { msg } from '@lingui/core/macro';
import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Keys } from '../keys/Keys';
import { useKeys } from '../keys/registry';

interface Props {
  /** What can be searched for, as placeholder and name: "Name, number, person". */
  hint: string;
  value: string | undefined;
  onSearch: (text: string) => void;
  width?: number;
}

export function SearchField({ hint, value, onSearch, width = 300 }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value ?? '');
  const told = useRef(value ?? '');
  const tell = useDebouncedCallback((words: string) => ((told.current = words), onSearch(words)), 250);
  // A view that was opened searches for something else.
  useEffect(() => {
    if ((value ?? '') === told.current) return;
    told.current = value ?? '';
    setText(told.current);
  }, [value]);
  useKeys([{ chord: ['/'], label: msg`Search in this list`, run: () => input.current?.focus() }]);
  return (
    <TextInput
      ref={input} type="search" value={text} placeholder={hint} aria-label={hint} w={{ base: '100%', sm: width }} maw="100%"
      leftSection={<IconSearch size={16} stroke={1.7} />} rightSection={<Keys keys={['/']} />}
      onChange={({ currentTarget }) => (setText(currentTarget.value), tell(currentTarget.value.trim()))}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault(); // it leaves the field, and lets go of nothing else
        event.currentTarget.blur();
      }}
    />
  );
}
