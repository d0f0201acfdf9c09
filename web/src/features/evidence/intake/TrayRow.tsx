// One file of the tray: what it is, how it stands, the one thing to do with it.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconAlertCircle, IconCopy, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import { MarkShape } from '../../../base/marks/StateMark';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useFormat } from '../../../base/useFormat';
import { fileKind } from '../facts/fileKind';
import classes from './Tray.module.css';
import { needsSomebody } from './tray/snapshot';
import type { Tray } from './tray/tray';
import type { TrayFile } from './tray/types';
import { useCauseWords } from './useCauseWords';

interface Props {
  tray: Tray;
  file: TrayFile;
  /** Stands for what is shown of the file: the tray changes it in place. */
  stamp: string;
  /** Its bytes must be chosen again. */
  onChoose: () => void;
}

function Pie({ share }: { share: number }) {
  const length = 2 * Math.PI * 3.5;
  return (
    <svg viewBox="0 0 16 16" width={16} height={16} aria-hidden>
      <circle cx="8" cy="8" r="7" fill="var(--line)" />
      <circle cx="8" cy="8" r="3.5" fill="none" stroke="var(--accent-ink)" strokeWidth="7" strokeDasharray={`${share * length} ${length}`} transform="rotate(-90 8 8)" />
    </svg>
  );
}

function Tool({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return <ActionIcon variant="subtle" color="gray" size={24} aria-label={label} onClick={onClick} className={classes.tool}>{children}</ActionIcon>;
}

function Line({ icon, file, state, action, tone }: { icon: ReactNode; file: TrayFile; state: ReactNode; action?: ReactNode; tone?: 'red' | 'amber' }) {
  const format = useFormat();
  const folder = file.path === file.name ? '' : file.path.slice(0, -file.name.length - 1);
  return (
    <div className={classes.row} data-state-tone={tone}>
      <span className={classes.icon}>{icon}</span>
      <span className={classes.fileName} title={file.path}>
        <bdi>{file.name}</bdi>
        {folder && <bdi dir="ltr" className={classes.folder}>{folder}</bdi>}
      </span>
      <span className={classes.size}>{format.bytes(file.size)}</span>
      <span className={classes.state}>{state}</span>
      <span className={classes.action}>{action}</span>
    </div>
  );
}

function Link_({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return <UnstyledButton className={classes.link} onClick={onClick}>{children}</UnstyledButton>;
}

export const TrayRow = memo(function TrayRow({ tray, file, onChoose }: Props) {
  if (file.state === 'broken') return <Broken tray={tray} file={file} onChoose={onChoose} />;
  if (needsSomebody(file)) return <Twin tray={tray} file={file} />;
  switch (file.state) {
    case 'moving':
      return <Moving tray={tray} file={file} />;
    case 'arrived':
      return <ArrivedRow tray={tray} file={file} />;
    default:
      return <Waiting tray={tray} file={file} />;
  }
});

function Broken({ tray, file, onChoose }: Omit<Props, 'stamp'>) {
  const { t } = useLingui();
  const { name } = file;
  const words = useCauseWords()(file);
  const goOn = () => void tray.goOn(file).then((absent) => absent && onChoose());
  return (
    <Line
      icon={<IconAlertCircle size={18} stroke={1.8} />} tone="red" file={file} state={words.text}
      action={
        <>
          {words.way && <Link_ onClick={goOn}>{words.way}</Link_>}
          <Tool label={t`Take ${name} out of the tray`} onClick={() => tray.remove(file)}><IconX size={16} stroke={1.7} /></Tool>
        </>
      }
    />
  );
}

function Twin({ tray, file }: Omit<Props, 'onChoose' | 'stamp'>) {
  const { duplicate } = file;
  const { space } = file;
  let where: ReactNode = null;
  if (duplicate && 'twin' in duplicate) {
    const { twin } = duplicate;
    where = <Trans>Same bytes as <bdi>{twin}</bdi>.</Trans>;
  } else if (duplicate) {
    const number = <Link to="/cases/$space/evidence/$exhibit" params={{ space, exhibit: duplicate.exhibit }} className={classes.link}><bdi dir="ltr">{unbroken(duplicate.number)}</bdi></Link>;
    const at = duplicate.file;
    where = <Trans>Same bytes as {number}, file {at}.</Trans>;
  }
  return (
    <Line
      icon={<IconCopy size={17} stroke={1.7} />} tone="amber" file={file} state={where}
      action={
        <>
          <Link_ onClick={() => tray.leaveOut(file, true)}><Trans>Keep only one</Trans></Link_>
          <Link_ onClick={() => tray.keepBoth(file)}><Trans>Keep both</Trans></Link_>
        </>
      }
    />
  );
}

function Moving({ tray, file }: Omit<Props, 'onChoose' | 'stamp'>) {
  const { t } = useLingui();
  const format = useFormat();
  const { name } = file;
  const share = file.size > 0 ? file.sent / file.size : 0;
  const left = file.rate > 0 ? format.span(Math.max(1000, (1000 * (file.size - file.sent)) / file.rate)) : '';
  const percent = format.percent(share);
  const rate = format.bytes(file.rate);
  return (
    <Line
      icon={<Pie share={share} />} file={file}
      state={
        <span className={classes.moving}>
          <span className={classes.thin}><span style={{ width: `${share * 100}%` }} /></span>
          <span className={classes.numbers}>
            {file.retrying ? <Trans>no line, tries again</Trans> : <>{percent}{file.rate > 0 && <> · <Trans>{rate}/s</Trans></>}{left && <> · {left}</>}</>}
          </span>
        </span>
      }
      action={<Tool label={t`Pause ${name}`} onClick={() => tray.pause(file)}><IconPlayerPause size={16} stroke={1.7} /></Tool>}
    />
  );
}

function Waiting({ tray, file }: Omit<Props, 'onChoose' | 'stamp'>) {
  const { t } = useLingui();
  const format = useFormat();
  const { name } = file;
  const share = format.percent(file.size > 0 ? file.sent / file.size : 0);
  const held = file.state === 'paused';
  return (
    <Line
      icon={file.sent > 0 ? <Pie share={file.sent / file.size} /> : <span className={classes.ring} />} file={file}
      state={held ? <Trans>paused at {share}</Trans> : file.sent > 0 ? <Trans>waits, {share} is there</Trans> : <Trans>waits</Trans>}
      action={
        <>
          {held && <Tool label={t`Go on with ${name}`} onClick={() => tray.resume(file)}><IconPlayerPlay size={16} stroke={1.7} /></Tool>}
          <Tool label={t`Take ${name} out of the tray`} onClick={() => tray.remove(file)}><IconX size={16} stroke={1.7} /></Tool>
        </>
      }
    />
  );
}

function ArrivedRow({ tray, file }: Omit<Props, 'onChoose' | 'stamp'>) {
  const format = useFormat();
  const kind = fileKind({ name: file.name, type: file.type ?? '' });
  const clock = file.at ? format.timeSeconds(file.at) : '';
  const until = file.expires ? format.shortDate(file.expires) : '';
  const sum = file.sha256 ? `${file.sha256.slice(0, 4)}…${file.sha256.slice(-4)}` : '';
  if (file.leftOut) {
    return (
      <Line
        icon={<span className={classes.ring} />} file={file} state={until ? <Trans>left out, kept until {until}</Trans> : <Trans>left out</Trans>}
        action={<Link_ onClick={() => tray.leaveOut(file, false)}><Trans>Take it in</Trans></Link_>}
      />
    );
  }
  return (
    <Line
      icon={<MarkShape mark="proven" size={16} />} file={file} state={<Trans><bdi>{kind}</bdi>, proven at {clock}</Trans>}
      action={<bdi dir="ltr" className={classes.sumHex} title={file.sha256}>{sum}</bdi>}
    />
  );
}
