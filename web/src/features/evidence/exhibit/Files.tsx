// The files of an exhibit with their hashes. Many of them: the first five, until somebody wants all; then only those on
// screen are drawn.
import { Plural, Trans } from '@lingui/react/macro';
import { UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { Hash } from '../../../base/parts/Hash';
import { useFormat } from '../../../base/useFormat';
import { fileKind } from '../facts/fileKind';
import type { Exhibit, ExhibitFile } from '../queries';
import classes from './Files.module.css';

const few = 5;

interface Props {
  exhibit: Exhibit;
  /** The one on screen. */
  current: number | undefined;
  onFile: (n: number) => void;
}

function Row({ file, current, onFile }: { file: ExhibitFile; current: boolean; onFile: (n: number) => void }) {
  const format = useFormat();
  const kind = fileKind(file);
  return (
    <div className={classes.file} data-current={current || undefined}>
      <UnstyledButton className={classes.name} aria-current={current || undefined} onClick={() => onFile(file.n)}>
        <span className={classes.n}>{format.number(file.n)}</span> <bdi>{file.name}</bdi>
      </UnstyledButton>
      <span className={classes.facts}>
        <span className="nowrap"><bdi>{kind}</bdi>, {format.bytes(file.size)}</span>
        <Hash value={file.sha256} />
      </span>
    </div>
  );
}

export function Files({ exhibit: { file_list: files, size }, current, onFile }: Props) {
  const format = useFormat();
  const [all, setAll] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = all ? files : files.slice(0, few);
  const windowed = shown.length > 60;
  const rows = useVirtualizer({ count: windowed ? shown.length : 0, getScrollElement: () => scroller.current, estimateSize: () => 56, overscan: 6 });
  const bytes = format.bytes(size);
  return (
    <section className={classes.files}>
      <header className={classes.head}>
        <h2><Trans>Files</Trans></h2>
        <span><Plural value={files.length} one={`# file, ${bytes}`} other={`# files, ${bytes}`} /></span>
      </header>
      <div ref={scroller} className={windowed ? classes.window : undefined}>
        {windowed ? (
          <div style={{ position: 'relative', height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const file = shown[item.index]!;
              return (
                <div key={item.key} className={classes.placed} style={{ transform: `translateY(${item.start}px)` }}>
                  <Row file={file} current={file.n === current} onFile={onFile} />
                </div>
              );
            })}
          </div>
        ) : (
          shown.map((file) => <Row key={file.n} file={file} current={file.n === current} onFile={onFile} />)
        )}
      </div>
      {!all && files.length > few && (
        <UnstyledButton className={classes.more} onClick={() => setAll(true)}>
          <Plural value={files.length} one="Show # file" other="Show all # files" />
        </UnstyledButton>
      )}
    </section>
  );
}
