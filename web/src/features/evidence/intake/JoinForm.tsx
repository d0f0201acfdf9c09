// The files join an exhibit that stands already: nothing is asked, what is said about it holds for them, too.
import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { ExhibitNumber, unbroken } from '../../../base/parts/ExhibitNumber';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { Notice } from '../../../base/states/Notice';
import { FactList } from '../facts/FactList';
import { exhibitQuery } from '../queries';
import classes from './Intake.module.css';
import type { Tray } from './tray/tray';
import type { TrayFile } from './tray/types';

interface Props {
  tray: Tray;
  exhibit: string;
  files: TrayFile[];
  /** The files are to become an exhibit of their own instead. */
  onInstead: () => void;
}

export function JoinForm({ tray, exhibit: id, files, onInstead }: Props) {
  const { t } = useLingui();
  const { data, error } = useQuery(exhibitQuery(tray.space, id));
  const exhibit = data?.value;
  const join = () => {
    if (!exhibit?.may.add_files || files.length === 0) return;
    void tray.plans.begin(null, files, { id: exhibit.id, number: exhibit.number }).then(() => tray.plans.work());
  };
  useKeys([{ chord: ['Mod+Enter'], label: msg`Add the files`, run: join }]);
  if (error) return <div className={classes.form}><ErrorState error={error} /></div>;
  if (!exhibit) return <div className={classes.form}><Loading rows={4} /></div>;
  const number = unbroken(exhibit.number);
  return (
    <form className={classes.form} onSubmit={(event) => (event.preventDefault(), join())} aria-label={t`The exhibit that they join`}>
      <div className={classes.formBody}>
        <div>
          <h2 className={classes.formTitle}><Plural value={files.length} one={<Trans>It joins {number}</Trans>} other={<Trans>They join {number}</Trans>} /></h2>
          <p className={classes.quiet}><ExhibitNumber>{exhibit.number}</ExhibitNumber> <bdi>{exhibit.title}</bdi></p>
        </div>
        {!exhibit.may.add_files && (
          <Notice kind="waiting" title={exhibit.sealed ? <Trans>{number} is sealed: no file can be added</Trans> : <Trans>You may not add files to {number}</Trans>}>
            <Trans>Make an exhibit of their own of these files.</Trans>
          </Notice>
        )}
        <FactList exhibit={exhibit} />
        <span><Button variant="subtle" onClick={onInstead}><Trans>Make an exhibit of their own instead</Trans></Button></span>
      </div>
      <div className={classes.formFoot}>
        <Button type="submit" size="md" fullWidth disabled={!exhibit.may.add_files || files.length === 0} rightSection={<Keys keys={['Mod+Enter']} onFilled />}>
          <Plural value={files.length} one={`Add # file to ${number}`} other={`Add # files to ${number}`} />
        </Button>
        <p className="meta"><Trans>Each file is proven from the moment it arrives.</Trans></p>
      </div>
    </form>
  );
}
