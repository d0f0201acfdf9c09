// One exhibit: its head, the viewer, and beside it the verdict, the facts, the files, the custody. Where there is no room
// beside the viewer, custody and facts are tabs.
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { useMediaQuery } from '@mantine/hooks';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useKeys } from '../../../base/keys/registry';
import { usePrinting } from '../../../base/page/usePrinting';
import { useTitle } from '../../../base/page/Page';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { showDone } from '../../../base/states/done';
import { EmptyState } from '../../../base/states/EmptyState';
import { FactList } from '../facts/FactList';
import { DropToTray } from '../intake/DropToTray';
import { exhibitQuery } from '../queries';
import type { ExhibitSearch } from '../routes';
import { download } from '../viewer/download';
import { Viewer } from '../viewer/Viewer';
import { CorrectDialog } from './CorrectDialog';
import { Custody } from './Custody';
import { ExhibitActButtons, type ExhibitActs, ExhibitHead } from './ExhibitHead';
import classes from './ExhibitPage.module.css';
import { Files } from './Files';
import { PartTabs } from './PartTabs';
import { ProofDialog } from './ProofDialog';
import { SealDialog } from './SealDialog';
import { useCheck } from './useCheck';
import { useNeighbours } from './useNeighbours';
import { Verdict } from './Verdict';

/** A menu or a popover: Escape closes that first. */
const somethingOpen = () => document.querySelector('[role="menu"], [role="listbox"], .mantine-Popover-dropdown') !== null;

export function ExhibitPage() {
  const { t } = useLingui();
  const { space, exhibit: id } = useParams({ from: '/shell/cases/$space/evidence/$exhibit' });
  const search = useSearch({ from: '/shell/cases/$space/evidence/$exhibit' });
  const navigate = useNavigate({ from: '/cases/$space/evidence/$exhibit' });
  const { value: exhibit, etag } = useSuspenseQuery(exhibitQuery(space, id)).data;
  useTitle(`${exhibit.number} ${exhibit.title}`);
  const narrow = useMediaQuery('(max-width: 74.99em)', undefined, { getInitialValueInEffect: false });
  const phone = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false });
  const check = useCheck(space, id);
  const [dialog, setDialog] = useState<'seal' | 'correct' | 'proof'>();
  const { next, previous } = useNeighbours(space, id);
  const number = unbroken(exhibit.number);

  const change = (to: Partial<ExhibitSearch>) => void navigate({ search: (was) => ({ ...was, ...to }), replace: true });
  const open = (other: string | undefined) => other && void navigate({ params: { space, exhibit: other }, search: {} });
  const file = exhibit.file_list.find(({ n }) => n === search.file) ?? exhibit.file_list[0];
  const showFile = (n: number) => change({ file: n, part: undefined });
  const fetching = useMutation({
    mutationFn: () => download(space, id, file!.n),
    onError: () => showDone({ text: t`The file could not be fetched. Nothing was lost; try again.`, error: true }),
  });
  const acts: ExhibitActs = {
    seal: () => setDialog('seal'),
    correct: () => setDialog('correct'),
    addFiles: () => void navigate({ to: '/cases/$space/intake', params: { space }, search: { exhibit: id } }),
    check() {
      if (narrow) change({ part: 'custody' });
      check.start();
    },
    // Harmful material is fetched with a reason: the page "Original" asks for it.
    download: () => (exhibit.sensitivity.harmful ? change({ view: 'original', part: undefined }) : file && fetching.mutate()),
    proof: () => setDialog('proof'),
  };
  useKeys([
    { chord: ['KeyJ'], label: msg`Next exhibit`, run: () => open(next) },
    { chord: ['KeyK'], label: msg`Previous exhibit`, run: () => open(previous) },
    { chord: ['Escape'], label: msg`Back to the list`, run: () => !somethingOpen() && void navigate({ to: '/cases/$space/evidence', params: { space } }) },
    ...(exhibit.may.edit ? [{ chord: ['KeyE'], label: msg`Correct`, run: acts.correct }] : []),
    ...(exhibit.may.add_files ? [{ chord: ['KeyU'], label: msg`Add files`, run: acts.addFiles }] : []),
  ]);

  const printing = usePrinting(); // a sheet of what is known; what is in the files is fetched
  const part = narrow ? search.part : undefined;
  const viewer = file ? (
    <Viewer
      key={id} space={space} exhibit={exhibit} file={file} asked={search.view} onFile={showFile} onView={(view) => change({ view })}
    />
  ) : (
    <EmptyState title={<Trans>No file is left</Trans>}><Trans>What was here was erased. Its custody shows by which order.</Trans></EmptyState>
  );
  const verdict = <Verdict exhibit={exhibit} check={check} may />;
  const facts = (
    <>
      <div className={classes.facts}><FactList exhibit={exhibit} onSettle={exhibit.may.edit ? acts.correct : undefined} /></div>
      <Files exhibit={exhibit} current={file?.n} onFile={showFile} />
    </>
  );
  return (
    <div className={classes.page} data-own-head>
      <ExhibitHead space={space} exhibit={exhibit}>
        {!phone && <ExhibitActButtons space={space} exhibit={exhibit} acts={acts} />}
      </ExhibitHead>
      {narrow && !printing && <PartTabs part={part} onPart={(to) => change({ part: to })} />}
      <div className={classes.body}>
        {printing ? (
          <div>{verdict}{facts}<Custody exhibit={exhibit} /></div>
        ) : narrow ? (
          <div className={classes.part}>
            {part === undefined && viewer}
            {part === 'custody' && <div className={classes.scroll}>{verdict}<Custody exhibit={exhibit} /></div>}
            {part === 'facts' && <div className={classes.scroll}>{facts}</div>}
          </div>
        ) : (
          <>
            {viewer}
            <aside className={classes.side} aria-label={t`What is known of the exhibit`}>{verdict}{facts}<Custody exhibit={exhibit} /></aside>
          </>
        )}
      </div>
      {phone && !printing && <ExhibitActButtons space={space} exhibit={exhibit} acts={acts} atThumb />}
      {exhibit.may.add_files && <DropToTray space={space} exhibit={id}><Trans>Let go to add the files to {number}</Trans></DropToTray>}
      {dialog === 'seal' && <SealDialog space={space} exhibit={exhibit} onClose={() => setDialog(undefined)} />}
      {dialog === 'correct' && <CorrectDialog space={space} exhibit={exhibit} etag={etag} onClose={() => setDialog(undefined)} />}
      {dialog === 'proof' && <ProofDialog space={space} exhibit={exhibit} onClose={() => setDialog(undefined)} />}
    </div>
  );
}
