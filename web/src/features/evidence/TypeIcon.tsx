// The sign of a kind of exhibit, with its word for those who hear it.
import { useLingui } from '@lingui/react';
import type { ExhibitType } from './queries';
import { typeWords } from './words';

export function TypeIcon({ type, size = 16 }: { type: ExhibitType; size?: number }) {
  const { _ } = useLingui();
  const { icon: Icon, word } = typeWords[type];
  const label = _(word);
  return (
    <span role="img" aria-label={label} title={label} style={{ display: 'inline-flex', flex: 'none' }}>
      <Icon size={size} stroke={1.6} />
    </span>
  );
}
