// The files of an exhibit of several, at the start of the viewer; on narrow screens a choice in one line.
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Select, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconChevronLeft, IconChevronRight, IconFile, IconFileText, IconFileTypePdf, IconMicrophone, IconPhoto, IconVideo,
} from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Icon } from '../../../base/feature';
import { useFormat } from '../../../base/useFormat';
import type { ExhibitFile } from '../queries';
import classes from './Viewer.module.css';

const icons: Record<ExhibitFile['viewable'], Icon> = {
  image: IconPhoto, audio: IconMicrophone, video: IconVideo, pdf: IconFileTypePdf, text: IconFileText, none: IconFile,
};

interface Props {
  files: readonly ExhibitFile[];
  file: ExhibitFile;
  onFile: (n: number) => void;
}

export function FileStrip({ files, file, onFile }: Props) {
  const narrow = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false });
  return narrow ? <FileChoice files={files} file={file} onFile={onFile} /> : <Files files={files} file={file} onFile={onFile} />;
}

function Files({ files, file, onFile }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const scroller = useRef<HTMLDivElement>(null);
  const at = files.indexOf(file);
  const rows = useVirtualizer({ count: files.length, getScrollElement: () => scroller.current, estimateSize: () => 46, overscan: 8, paddingStart: 8 });
  useEffect(() => rows.scrollToIndex(at, { align: 'auto' }), [rows, at]);
  return (
    <div ref={scroller} className={classes.files} role="group" aria-label={t`Files of the exhibit`}>
      <div className={classes.roll} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const one = files[item.index]!;
          const Icon = icons[one.viewable];
          return (
            <UnstyledButton
              key={item.key} className={classes.file} style={{ transform: `translateY(${item.start}px)` }} aria-current={one === file || undefined}
              onClick={() => onFile(one.n)} title={one.path ? `${one.path}/${one.name}` : one.name}
            >
              <Icon size={18} stroke={1.6} />
              <span>
                <bdi className={classes.fileName}>{one.name}</bdi>
                <span className="meta">{format.number(one.n)} · {format.bytes(one.size)}</span>
              </span>
            </UnstyledButton>
          );
        })}
      </div>
    </div>
  );
}

function FileChoice({ files, file, onFile }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const at = files.indexOf(file);
  const step = (by: number) => files[at + by] && onFile(files[at + by]!.n);
  const n = format.number(at + 1);
  const all = format.number(files.length);
  return (
    <div className={classes.choice}>
      <ActionIcon variant="default" size={44} disabled={at === 0} onClick={() => step(-1)} aria-label={t`Previous file`}><IconChevronLeft className="directional" size={20} stroke={1.7} /></ActionIcon>
      <Select
        flex={1} size="md" aria-label={t`File`} value={String(file.n)} onChange={(value) => value && onFile(Number(value))}
        data={files.slice(0, 500).map((one) => ({ value: String(one.n), label: one.name }))} description={<Trans>File {n} of {all}</Trans>}
      />
      <ActionIcon variant="default" size={44} disabled={at === files.length - 1} onClick={() => step(1)} aria-label={t`Next file`}><IconChevronRight className="directional" size={20} stroke={1.7} /></ActionIcon>
    </div>
  );
}
