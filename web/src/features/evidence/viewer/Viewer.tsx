// The viewer of an exhibit: pages, text, details, original. Showing a file is a reading, and the foot says that it was
// recorded; details need none.
import { Trans, useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { KeyHint } from '../../../base/keys/Keys';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { Notice } from '../../../base/states/Notice';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit, ExhibitFile } from '../queries';
import type { View } from '../routes';
import { FileDetails } from './FileDetails';
import { FileStrip } from './FileStrip';
import { HarmfulGate } from './HarmfulGate';
import { ImageView } from './ImageView';
import { viewOf, viewsOf } from './kinds';
import { MediaView } from './MediaView';
import { Original } from './Original';
import { PdfView } from './PdfView';
import { type Reading, useOpening } from './readings';
import { TextFrame } from './TextFrame';
import { ToolsContext } from './Tools';
import classes from './Viewer.module.css';

interface Props {
  space: string;
  exhibit: Exhibit;
  file: ExhibitFile;
  asked: View | undefined;
  onFile: (n: number) => void;
  onView: (view: View) => void;
}

export function Viewer({ space, exhibit, file, asked, onFile, onView }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const [readAt, setReadAt] = useState<number>();
  const view = viewOf(file, asked);
  const { harmful } = exhibit.sensitivity;
  const needsReading = view === 'pages' || view === 'text';
  const { reading, error, again } = useOpening(space, exhibit.id, file.n, needsReading && exhibit.may.open && !harmful);
  const names: Record<View, string> = {
    pages: { image: t`Picture`, audio: t`Recording`, video: t`Film`, pdf: t`Pages`, text: '', none: '' }[file.viewable],
    text: t`Text`,
    details: t`Details`,
    original: t`Original`,
  };
  const show = (it: Reading, hidden = false): ReactNode => <Shown key={file.n} reading={it} file={file} view={view} hidden={hidden} single={exhibit.file_list.length === 1} onAgain={again} />;

  let content: ReactNode;
  if (view === 'details') content = <FileDetails file={file} />;
  else if (!exhibit.may.open) content = <Closed />;
  else if (view === 'original') content = <Original key={file.n} space={space} exhibit={exhibit} file={file} />;
  else if (harmful) content = <HarmfulGate key={`${file.n}${view}`} space={space} exhibit={exhibit.id} file={file.n} onRead={setReadAt}>{show}</HarmfulGate>;
  else if (error) content = <div className={classes.centre}><ErrorState error={error} onRetry={again} /></div>;
  else content = reading ? show(reading) : <div className={classes.centre}><Loading rows={4} /></div>;

  const at = reading?.at ?? readAt;
  const clock = at ? format.time(at) : '';
  return (
    <ToolsContext value={tools}>
      <section className={classes.viewer} aria-label={t`What is in the exhibit`}>
        <div className={classes.bar}>
          <SegmentedControl
            size="xs" value={view} onChange={(value) => onView(value as View)} aria-label={t`Ways of looking`} className={classes.views}
            data={viewsOf(file).map((one) => ({ value: one, label: names[one] }))}
          />
          <div ref={setTools} className={classes.toolPlace} />
        </div>
        <div className={classes.body}>
          {exhibit.file_list.length > 1 && <FileStrip files={exhibit.file_list} file={file} onFile={onFile} />}
          {content}
        </div>
        <footer className={classes.foot}>
          <span className={classes.recorded} role="status">
            {needsReading && clock && <><IconEye size={15} stroke={1.6} /> <Trans>Your opening is recorded: {clock}.</Trans></>}
          </span>
          <span className={classes.hints}>
            <KeyHint keys={['KeyJ', 'KeyK']}><Trans>next, previous exhibit</Trans></KeyHint>
            {view === 'pages' && file.viewable === 'pdf' && <KeyHint keys={['BracketLeft', 'BracketRight']}><Trans>page</Trans></KeyHint>}
            {exhibit.may.edit && <KeyHint keys={['KeyE']}><Trans>correct</Trans></KeyHint>}
          </span>
        </footer>
      </section>
    </ToolsContext>
  );
}

interface ShownProps {
  reading: Reading;
  file: ExhibitFile;
  view: View;
  hidden: boolean;
  single: boolean;
  onAgain: () => void;
}

function Shown({ reading, file, view, hidden, single, onAgain }: ShownProps) {
  const url = reading.url(file.n);
  switch (file.viewable) {
    case 'image':
      return <ImageView url={url} name={file.name} onAgain={onAgain} />;
    case 'audio':
    case 'video':
      return <MediaView kind={file.viewable} url={url} name={file.name} silent={hidden} onAgain={onAgain} />;
    case 'pdf':
      return <PdfView url={url} view={view} thumbs={single} onAgain={onAgain} />;
    default:
      return <TextFrame reading={reading} file={file.n} name={file.name} />;
  }
}

/** For those who see the record of a case, and not what is in it. */
function Closed() {
  return (
    <div className={classes.centre}>
      <Notice kind="empty" title={<Trans>You see the record of this exhibit, not what is in it</Trans>}>
        <Trans>Its facts, hashes, custody and proofs are open to you. Members of the case see the files.</Trans>
      </Notice>
    </div>
  );
}
