// The case's layout with the tabs of all features.
import { CaseLayout } from '../features/cases/layout/CaseLayout';
import { spaceTabs } from './features';

export function CaseFrame() {
  return <CaseLayout tabs={spaceTabs} />;
}
