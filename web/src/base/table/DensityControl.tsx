// How close the rows of a list stand: a person's choice for this browser, for every list.
import { useLingui } from '@lingui/react/macro';
import { SegmentedControl } from '@mantine/core';
import { type Preferences, setPreference, usePreferences } from '../preferences';

export function DensityControl() {
  const { t } = useLingui();
  const { density } = usePreferences();
  return (
    <SegmentedControl
      visibleFrom="sm" aria-label={t`How close the rows stand`} value={density} onChange={(value) => setPreference('density', value as Preferences['density'])}
      data={[{ value: 'comfortable', label: t`Comfortable` }, { value: 'compact', label: t`Compact` }]}
    />
  );
}
