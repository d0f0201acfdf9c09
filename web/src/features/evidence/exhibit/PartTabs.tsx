// Where there is no room beside the viewer: the file, its custody, its facts.
import { useLingui } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import type { ExhibitSearch } from '../routes';
import classes from './ExhibitPage.module.css';

interface Props {
  part: ExhibitSearch['part'];
  onPart: (part: ExhibitSearch['part']) => void;
}

export function PartTabs({ part, onPart }: Props) {
  const { t } = useLingui();
  const tabs: [ExhibitSearch['part'], string][] = [[undefined, t`Look at it`], ['custody', t`Custody`], ['facts', t`Facts`]];
  return (
    <div className={classes.tabs} role="group" aria-label={t`Parts of the exhibit`}>
      {tabs.map(([value, word]) => (
        <UnstyledButton key={word} className={classes.tab} aria-current={part === value || undefined} onClick={() => onPart(value)}>{word}</UnstyledButton>
      ))}
    </div>
  );
}
