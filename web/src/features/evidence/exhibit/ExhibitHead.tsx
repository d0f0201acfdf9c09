// The head of an exhibit: number, title, state, who sees it, and what this person may do with it now: one filled button.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArrowLeft, IconCertificate, IconDots, IconDownload, IconLock, IconPackageExport, IconPencil, IconRosetteDiscountCheck, IconUpload,
} from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { StateMark } from '../../../base/marks/StateMark';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { tilesOf } from '../../../base/parts/parties';
import { StateTiles } from '../../../base/parts/StateTiles';
import { ExhibitState, markOf } from '../ExhibitState';
import type { Exhibit } from '../queries';
import classes from './ExhibitPage.module.css';

export interface ExhibitActs {
  seal: () => void;
  correct: () => void;
  addFiles: () => void;
  check: () => void;
  download: () => void;
  proof: () => void;
}

interface Props {
  space: string;
  exhibit: Exhibit;
}

/** @children: what can be done, where it stands in the head. */
export function ExhibitHead({ space, exhibit, children }: Props & { children?: ReactNode }) {
  const { t } = useLingui();
  return (
    <header className={classes.head}>
      <ActionIcon
        variant="default" size={30} aria-label={t`Back to the list`} className={classes.back}
        renderRoot={(props) => <Link to="/cases/$space/evidence" params={{ space }} {...props} />}
      >
        <IconArrowLeft className="directional" size={18} stroke={1.7} />
      </ActionIcon>
      <div className={classes.name}>
        <span className={classes.number}><ExhibitNumber>{exhibit.number}</ExhibitNumber></span>
        <h1><bdi>{exhibit.title}</bdi></h1>
      </div>
      <span className={classes.state}><ExhibitState exhibit={exhibit} size={16} /></span>
      {exhibit.state === 'sealed' && markOf(exhibit) !== 'sealed' && <span className={classes.state}><StateMark mark="sealed" size={16} /></span>}
      <span className={classes.seen}><span><Trans>Seen by</Trans></span> <StateTiles parties={tilesOf(exhibit.seen_by)} /></span>
      {children}
    </header>
  );
}

/** What this person may do: in the head, or at the thumb on a phone. */
export function ExhibitActButtons({ space, exhibit, acts, atThumb }: Props & { acts: ExhibitActs; atThumb?: boolean }) {
  const { t } = useLingui();
  const { may } = exhibit;
  const icon = { size: 18, stroke: 1.7 };
  return (
    <span className={classes.acts} data-at-thumb={atThumb || undefined}>
      {may.export && <ExportButton space={space} exhibit={exhibit} filled={!may.seal} />}
      {may.seal && <Button size="xs" leftSection={<IconLock {...icon} />} onClick={acts.seal}><Trans>Put under seal</Trans></Button>}
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t`More that can be done`}><IconDots size={18} stroke={1.7} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may.edit && (
            <Menu.Item leftSection={<IconPencil {...icon} />} rightSection={<Keys keys={['KeyE']} />} onClick={acts.correct}><Trans>Correct</Trans></Menu.Item>
          )}
          {may.add_files && (
            <Menu.Item leftSection={<IconUpload {...icon} />} rightSection={<Keys keys={['KeyU']} />} onClick={acts.addFiles}><Trans>Add files</Trans></Menu.Item>
          )}
          {may.open && <Menu.Item leftSection={<IconDownload {...icon} />} onClick={acts.download}><Trans>Fetch the file</Trans></Menu.Item>}
          <Menu.Item leftSection={<IconRosetteDiscountCheck {...icon} />} onClick={acts.check}><Trans>Check it</Trans></Menu.Item>
          <Menu.Item leftSection={<IconCertificate {...icon} />} onClick={acts.proof}><Trans>Its proof</Trans></Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}

function ExportButton({ space, exhibit, filled }: { space: string; exhibit: Exhibit; filled: boolean }) {
  const navigate = useNavigate();
  return (
    <Button
      size="xs" variant={filled ? 'filled' : 'default'} leftSection={<IconPackageExport size={18} stroke={1.7} />}
      onClick={() => void navigate({ to: '/cases/$space/exports', params: { space }, search: { exhibits: exhibit.id } })}
    >
      <Trans>Export</Trans>
    </Button>
  );
}
