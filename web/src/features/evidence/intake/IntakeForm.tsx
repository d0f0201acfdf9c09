// What the files are, asked once for all of them; one button that names the exhibit it makes.
import { msg } from '@lingui/core/macro';
import { useLingui as useMessages } from '@lingui/react';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { memo, useMemo, useState } from 'react';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { tilesOf } from '../../../base/parts/parties';
import { StateTiles } from '../../../base/parts/StateTiles';
import { useMe } from '../../../base/session';
import { useCase } from '../../../base/space';
import { FactFields } from '../facts/FactFields';
import { useKnown } from '../facts/useKnown';
import { factsOf, type FactValues, noFacts } from '../facts/values';
import { typeWords } from '../words';
import { groupsBy, guessType, type Mode, titleOf } from './grouping';
import classes from './Intake.module.css';
import { ModePicker } from './ModePicker';
import type { TrayFile } from './tray/types';
import type { Tray } from './tray/tray';
import { useDraft } from './useDraft';
import { useNextNumber } from './useNextNumber';

interface Props {
  tray: Tray;
  files: TrayFile[];
  /** Some are not there yet. */
  arriving: boolean;
}

/** Drawn anew when other files lie there, not with each byte that comes. */
export const IntakeForm = memo(function IntakeForm({ tray, files, arriving }: Props) {
  const { t } = useLingui();
  const { _ } = useMessages();
  const { person } = useMe();
  const { id: space, parties } = useCase();
  const known = useKnown(space);
  const numberAhead = useNextNumber();
  const [mode, setMode] = useState<Mode>('one');
  const form = useForm<FactValues>({
    initialValues: { ...noFacts, type: 'auto', by: person.name },
    validate: {
      title: (title) => (mode === 'one' && files.length > 1 && !title.trim() ? t`Say what it is.` : null),
      how: (how) => (how ? null : t`Say how it was obtained.`),
    },
  });
  useDraft(space, form);
  const folders = useMemo(() => groupsBy('folder', files).length, [files]);
  const used = mode === 'folder' && folders < 2 ? 'one' : mode;
  const groups = useMemo(() => groupsBy(used, files), [used, files]);
  const kind = useMemo(() => guessType(files), [files]);
  const guess = groups.length === 1 ? _(typeWords[kind].word) : '';

  const ownName = files.length === 1 ? files[0]!.name : ''; // one file has a name already

  const make = form.onSubmit((values) => {
    void (async () => {
      for (const group of groups) {
        const title = used === 'one' ? values.title.trim() || ownName : titleOf(values.title.trim(), group);
        await tray.plans.begin(factsOf({ ...values, title }, guessType(group.files)), group.files, null);
      }
      tray.plans.work();
      form.setValues({ title: '', description: '' });
    })();
  });
  useKeys([{ chord: ['Mod+Enter'], label: msg`Make the exhibit`, run: () => make() }]);

  const first = numberAhead ? unbroken(numberAhead(0)) : '';
  const last = numberAhead ? unbroken(numberAhead(groups.length - 1)) : '';
  const example = used !== 'one' && groups[0] ? titleOf(form.values.title.trim(), groups[0]) : '';
  return (
    <form className={classes.form} onSubmit={make} aria-label={t`What these files are`}>
      <div className={classes.formBody}>
        <div>
          <h2 className={classes.formTitle}><Plural value={files.length} one="What is this file?" other="What are these files?" /></h2>
          {files.length > 1 && <p className={classes.quiet}><Plural value={files.length} one="Asked once for all #. Change single ones later." other="Asked once for all #. Change single ones later." /></p>}
        </div>
        {files.length > 1 && <ModePicker mode={used} onMode={setMode} files={files.length} folders={folders} />}
        <FactFields
          form={form} known={known} titleRequired={used === 'one' && files.length > 1}
          titleLabel={used === 'one' ? t`What it is` : t`What all of them are`}
          titleHint={example ? t`The first will be called “${example}”.` : ownName ? t`Left empty, it is called “${ownName}”.` : undefined}
          kindByFiles={guess ? t`By the files: ${guess}` : t`By the files of each`}
        />
        <div>
          <p className={classes.legendText}><Trans>Who will see it</Trans></p>
          <p className={classes.lane}>
            <StateTiles parties={tilesOf(parties)} />
            {parties.length === 1 ? <Trans>Only your own side</Trans> : <Trans>All who share the case</Trans>}
          </p>
        </div>
      </div>
      <div className={classes.formFoot}>
        <Button type="submit" size="md" fullWidth rightSection={<Keys keys={['Mod+Enter']} onFilled />}>
          {groups.length === 1 ? (
            first ? <Trans>Make exhibit {first}</Trans> : <Trans>Make the exhibit</Trans>
          ) : first ? (
            <Plural value={groups.length} one={`Make # exhibit, ${first} to ${last}`} other={`Make # exhibits, ${first} to ${last}`} />
          ) : (
            <Plural value={groups.length} one="Make # exhibit" other="Make # exhibits" />
          )}
        </Button>
        <p className="meta">
          <Trans>Each file is proven from the moment it arrives.</Trans>{' '}
          {arriving && <Trans>The exhibit is made now; the rest joins it.</Trans>}
        </p>
      </div>
    </form>
  );
});
