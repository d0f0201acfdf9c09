// One exhibit, one a folder, or each file its own: said with how many exhibits that makes.
import '@mantine/core/styles/RadioCard.layer.css';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Radio } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Mode } from './grouping';
import classes from './Intake.module.css';

interface Props {
  mode: Mode;
  onMode: (mode: Mode) => void;
  files: number;
  folders: number;
}

export function ModePicker({ mode, onMode, files, folders }: Props) {
  const { t } = useLingui();
  const choices: [Mode, ReactNode, ReactNode][] = [
    ['one', <Trans>One exhibit</Trans>, <Plural value={files} one="# file, one number" other="# files, one number" />],
    ...(folders > 1 ? [['folder', <Trans>By folder</Trans>, <Plural value={folders} one="# exhibit" other="# exhibits" />] as [Mode, ReactNode, ReactNode]] : []),
    ['each', <Trans>Each its own</Trans>, <Plural value={files} one="# exhibit" other="# exhibits" />],
  ];
  return (
    <Radio.Group value={mode} onChange={(value) => onMode(value as Mode)} aria-label={t`How many exhibits`}>
      <div className={classes.modes}>
        {choices.map(([value, name, extent]) => (
          <Radio.Card key={value} value={value} className={classes.mode}>
            <b>{name}</b>
            <span>{extent}</span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
