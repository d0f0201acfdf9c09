import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Loading } from '../../../base/states/Loading';
import { Notice } from '../../../base/states/Notice';
import type { View } from '../routes';
import { PdfPages } from './PdfPages';
import { PdfText } from './PdfText';
import { usePdf } from './usePdf';
import classes from './Viewer.module.css';

interface Props {
  url: string;
  view: View;
  /** Thumbnails of the pages at the start. */
  thumbs: boolean;
  onAgain: () => void;
}

/** A PDF: its pages, or its text. */
export function PdfView({ url, view, thumbs, onAgain }: Props) {
  const { document, error } = usePdf(url);
  if (error) {
    return (
      <div className={classes.centre}>
        <Notice kind="error" title={<Trans>This file cannot be drawn</Trans>} action={<Button variant="default" onClick={onAgain}><Trans>Open it again</Trans></Button>}>
          <Trans>The file itself is unchanged. It may need a password, or the link to it has run out. You can fetch it as it is under “Original”.</Trans>
        </Notice>
      </div>
    );
  }
  if (!document) return <div className={classes.centre}><Loading rows={5} /></div>;
  return view === 'text' ? <PdfText document={document} /> : <PdfPages document={document} thumbs={thumbs} />;
}
