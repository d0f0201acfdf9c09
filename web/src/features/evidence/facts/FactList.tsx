// What is said about an exhibit: how, where, when, by whom, under which authority, from whom, for what it may be used.
// A fact that was corrected leads to what stood before.
import { useLingui as useMessages } from '@lingui/react';
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Fact, Facts } from '../../../base/parts/Card';
import { Handling } from '../../../base/parts/Handling';
import { Tag } from '../../../base/parts/Tag';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';
import { howWords, typeWords } from '../words';
import classes from './Facts.module.css';
import { FactHistory, TwoValues } from './FactHistory';
import type { FactName } from './useFactWords';

interface Props {
  exhibit: Exhibit;
  /** Opens the correction; absent where this person may not correct. */
  onSettle?: (() => void) | undefined;
  /** The files, or the one on screen. */
  children?: ReactNode;
}

export function FactList({ exhibit, onSettle, children }: Props) {
  const { _ } = useMessages();
  const format = useFormat();
  const { obtained, conditions, languages, sensitivity, description } = exhibit;
  const more = (field: FactName) => (
    <>
      <FactHistory exhibit={exhibit} field={field} />
      <TwoValues exhibit={exhibit} field={field} onSettle={onSettle} />
    </>
  );
  const how = _(howWords[obtained.how]);
  const { where } = obtained;
  const when = obtained.when ? format.dateTime(obtained.when) : '';
  return (
    <Facts>
      {(exhibit.contested?.title || exhibit.history.some(({ field }) => field === 'title')) && (
        <Fact term={<Trans>What it is</Trans>}><bdi>{exhibit.title}</bdi> {more('title')}</Fact>
      )}
      <Fact term={<Trans>Kind</Trans>}>{_(typeWords[exhibit.type].word)} {more('type')}</Fact>
      <Fact term={<Trans>Obtained</Trans>}>
        {where ? <Trans>{how}, <bdi>{where}</bdi></Trans> : how}
        {when && <>, <bdi className="nowrap">{when}</bdi></>} {more('obtained')}
      </Fact>
      {obtained.by && <Fact term={<Trans>By</Trans>}><bdi>{obtained.by}</bdi></Fact>}
      {obtained.authority && <Fact term={<Trans>Authority</Trans>}><bdi>{obtained.authority}</bdi></Fact>}
      {obtained.from && <Fact term={<Trans>From</Trans>}><bdi>{obtained.from}</bdi></Fact>}
      <Fact term={<Trans>Conditions</Trans>}>
        <span className={classes.tags}>
          <Handling use={conditions.use} />
          {sensitivity.protected_person && <Tag tone="violet"><Trans>Shows a protected person</Trans></Tag>}
          {sensitivity.harmful && <Tag tone="violet"><Trans>Shown on request</Trans></Tag>}
        </span>
        {conditions.note && <p><bdi>{conditions.note}</bdi></p>}
        {more('conditions')}{more('sensitivity')}
      </Fact>
      {languages.length > 0 && <Fact term={<Trans>Languages</Trans>}>{format.list(languages.map(format.language))} {more('languages')}</Fact>}
      {description && <Fact term={<Trans>Description</Trans>}><bdi className={classes.prose}>{description}</bdi> {more('description')}</Fact>}
      {children}
    </Facts>
  );
}
