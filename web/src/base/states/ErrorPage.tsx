// A whole page that could not be shown.
import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Page } from '../page/Page';
import { ErrorState } from './ErrorState';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const { reset: resetQueries } = useQueryErrorResetBoundary();
  const again = () => {
    resetQueries();
    reset();
    void router.invalidate();
  };
  return <Page><ErrorState error={error} onRetry={again} /></Page>;
}
