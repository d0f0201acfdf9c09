import { Problem } from '../../api/problem';
import { Page } from '../page/Page';
import { Onward } from './ErrorPage';
import { ErrorState } from './ErrorState';

export function NotFound() {
  return <Page><ErrorState error={new Problem({ status: 404 })} onward={<Onward />} /></Page>;
}
