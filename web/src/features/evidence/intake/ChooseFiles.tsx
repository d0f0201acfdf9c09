// Two ways to choose beside dropping: files, or a folder. A browser that knows no folders shows the first alone.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { IconFiles, IconFolder, IconPlus } from '@tabler/icons-react';
import { type RefObject, useRef } from 'react';
import { gatherChosen, type Gathered } from './tray/gather';
import classes from './Intake.module.css';

interface Props {
  onTake: (files: Gathered[]) => void;
  /** Opens the choice of files from elsewhere: "Choose it again". */
  opener?: RefObject<(() => void) | null>;
  /** In the middle of an empty page. */
  large?: boolean;
}

const folders = 'webkitdirectory' in HTMLInputElement.prototype;

export function ChooseFiles({ onTake, opener, large }: Props) {
  const { t } = useLingui();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  if (opener) opener.current = () => files.current?.click();
  const inputs = (
    <>
      {[files, folder].map((ref, at) => (
        <input
          key={at} ref={ref} type="file" multiple className={classes.input} tabIndex={-1} aria-label={at === 0 ? t`Choose files` : t`Choose a folder`}
          {...(at === 1 ? { webkitdirectory: '' } : {})}
          onChange={({ currentTarget }) => {
            if (currentTarget.files) gatherChosen(currentTarget.files, onTake);
            currentTarget.value = '';
          }}
        />
      ))}
    </>
  );
  const icon = { size: 18, stroke: 1.7 };
  if (large) {
    return (
      <span className={classes.choose}>
        {inputs}
        <Button size="md" leftSection={<IconFiles {...icon} />} onClick={() => files.current?.click()}><Trans>Choose files</Trans></Button>
        {folders && <Button size="md" variant="default" leftSection={<IconFolder {...icon} />} onClick={() => folder.current?.click()}><Trans>Choose a folder</Trans></Button>}
      </span>
    );
  }
  return (
    <>
      {inputs}
      <Menu position="bottom-end">
        <Menu.Target><Button variant="default" leftSection={<IconPlus {...icon} />}><Trans>Add more</Trans></Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFiles {...icon} />} onClick={() => files.current?.click()}><Trans>Choose files</Trans></Menu.Item>
          {folders && <Menu.Item leftSection={<IconFolder {...icon} />} onClick={() => folder.current?.click()}><Trans>Choose a folder</Trans></Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
