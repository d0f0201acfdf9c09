// A word in this file: "/" goes there, Enter and N go on to the next place, P back.
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { useFormat } from '../../../base/useFormat';
import type { Find } from './usePdfFind';
import classes from './Viewer.module.css';

export function PdfFindTools({ find }: { find: Find }) {
  const { t } = useLingui();
  const format = useFormat();
  const input = useRef<HTMLInputElement>(null);
  useKeys([{ chord: ['/'], label: msg`Find in this file`, run: () => input.current?.focus() }]);
  const at = format.number(find.at + 1);
  const all = format.number(find.hits.length);
  return (
    <span className={classes.find}>
      <TextInput
        ref={input} type="search" size="xs" w={150} value={find.word} placeholder={t`Find in this file`} aria-label={t`Find in this file`}
        leftSection={<IconSearch size={15} stroke={1.7} />}
        onChange={({ currentTarget }) => find.setWord(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find.go(event.shiftKey ? -1 : 1);
          if (event.key !== 'Escape') return;
          event.preventDefault(); // it leaves the field, not the page
          event.currentTarget.blur();
        }}
      />
      {find.word.trim().length >= 2 && (
        <span className={classes.count} role="status">
          {find.hits.length > 0 ? <Trans>{at} of {all}</Trans> : <Trans>no place</Trans>} <Keys keys={['KeyN']} />
        </span>
      )}
    </span>
  );
}
