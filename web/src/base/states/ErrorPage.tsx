// A whole page that could not be shown.
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Trans } from '@lingui/react/macro';
import { Problem } from '../../api/problem';
import { Page } from '../page/Page';
import { ButtonLink } from '../parts/ButtonLink';
import { ErrorState } from './ErrorState';

/** From a page that is not there to one that is. */
export function Onward() {
  return <ButtonLink to="/cases" variant="default"><Trans>See your cases</Trans></ButtonLink>;
}

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { reset: resetQueries } = useQueryErrorResetBoundary();
  const again = () => {
    resetQueries();
    reset();
    void router.invalidate();
  };
  // What is gone or not for this person stays so.
  const stays = error instanceof Problem && [403, 404, 410].includes(error.status);
  return <Page><ErrorState error={error} onRetry={again} onward={stays ? <Onward /> : undefined} /></Page>;
}
