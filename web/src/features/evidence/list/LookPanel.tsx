// A look at an exhibit beside the list: what it is and how it stands, without a byte of it. So nothing is recorded.
import { Trans, useLingui } from '@lingui/react/macro';
import { CloseButton } from '@mantine/core';
import { msg } from '@lingui/core/macro';
import { useQuery } from '@tanstack/react-query';
import { Keys } from '../../../base/keys/Keys';
import { useKeys } from '../../../base/keys/registry';
import { Card } from '../../../base/parts/Card';
import { BindingSentence } from '../../../base/parts/Binding';
import { ButtonLink } from '../../../base/parts/ButtonLink';
import { ExhibitNumber } from '../../../base/parts/ExhibitNumber';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { VerdictSentence } from '../exhibit/Verdict';
import { ExhibitState } from '../ExhibitState';
import { FactList } from '../facts/FactList';
import { FilesFact } from '../facts/FilesFact';
import { exhibitQuery } from '../queries';
import classes from './EvidencePage.module.css';

interface Props {
  space: string;
  exhibit: string;
  onClose: () => void;
}

export function LookPanel({ space, exhibit, onClose }: Props) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(exhibitQuery(space, exhibit));
  useKeys([{ chord: ['Escape'], label: msg`Close what is looked at`, run: onClose }]);
  return (
    <aside className={classes.panel} aria-label={t`A look at the exhibit`}>
      <div className={classes.panelHead}>
        <div>
          {data && <ExhibitNumber>{data.value.number}</ExhibitNumber>}
          <h2 className={classes.panelTitle}>{data && <bdi>{data.value.title}</bdi>}</h2>
        </div>
        <CloseButton onClick={onClose} aria-label={t`Close`} />
      </div>
      {data ? (
        <>
          <ExhibitState exhibit={data.value} />
          <ButtonLink to="/cases/$space/evidence/$exhibit" params={{ space, exhibit }} variant="default" rightSection={<Keys keys={['Enter']} />}>
            <Trans>Open it</Trans>
          </ButtonLink>
          <Card tone="accent"><div className={classes.panelVerdict}><BindingSentence size="verdict"><VerdictSentence exhibit={data.value} /></BindingSentence></div></Card>
          <FactList exhibit={data.value}><FilesFact exhibit={data.value} /></FactList>
        </>
      ) : error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading />}
    </aside>
  );
}
