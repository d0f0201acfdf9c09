// One person: correct what is said of them, give a new link to whoever lost every passkey, close the account.
import { useLingui } from '@lingui/react/macro';
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { PersonEdit } from './PersonEdit';
import { personQuery } from './queries';

export function PersonPanel({ person, onClose }: { person: string; onClose: () => void }) {
  const { t } = useLingui();
  const { data, error, refetch } = useQuery(personQuery(person));
  return (
    <Drawer
      opened onClose={onClose} position="right" size={468} title={data ? <bdi>{data.value.name}</bdi> : t`A person`} closeButtonProps={{ 'aria-label': t`Close` }}
    >
      {data ? <PersonEdit key={data.etag} person={data.value} etag={data.etag} onClose={onClose} />
        : error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Loading />}
    </Drawer>
  );
}
