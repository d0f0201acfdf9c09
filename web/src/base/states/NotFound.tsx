import { Problem } from '../../api/problem';
import { Page } from '../page/Page';
import { ErrorState } from './ErrorState';

export function NotFound() {
  return <Page><ErrorState error={new Problem({ status: 404 })} /></Page>;
}
