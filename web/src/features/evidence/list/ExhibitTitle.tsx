// Kind and title with how many files; bold means: you have not opened it. Where an exhibit was erased, a hole stands.
import { Plural, Trans } from '@lingui/react/macro';
import { VisuallyHidden } from '@mantine/core';
import { useFormat } from '../../../base/useFormat';
import type { ExhibitItem } from '../queries';
import { TypeIcon } from '../TypeIcon';
import classes from './EvidencePage.module.css';

export function ExhibitTitle({ exhibit }: { exhibit: ExhibitItem }) {
  const format = useFormat();
  if (exhibit.state === 'erased') return <span className={classes.hole}><VisuallyHidden><Trans>Erased</Trans></VisuallyHidden></span>;
  const { files, size } = exhibit;
  return (
    <span className={classes.title}>
      <TypeIcon type={exhibit.type} />
      <bdi className={classes.words} data-new={!exhibit.opened_by_me || undefined}>{exhibit.title}</bdi>
      {!exhibit.opened_by_me && <VisuallyHidden><Trans>not opened by you yet</Trans></VisuallyHidden>}
      <span className={classes.extent}>{files === 1 ? format.bytes(size) : <Plural value={files} one="# file" other="# files" />}</span>
    </span>
  );
}
