// The keys of this page, and the switch that turns single keys off.
import { useLingui } from '@lingui/react';
import { Trans, useLingui as useMacro } from '@lingui/react/macro';
import { Modal, Switch, VisuallyHidden } from '@mantine/core';
import { setPreference, usePreferences } from '../preferences';
import { keyNames } from './chord';
import { Keys } from './Keys';
import classes from './KeyHelp.module.css';
import { useBindings } from './registry';

export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { _ } = useLingui();
  const { t } = useMacro();
  const { singleKeys } = usePreferences();
  const bindings = useBindings().filter((binding) => !binding.dialog && !binding.hidden);
  // Of two with the same keys the newer answers.
  const shown = [...new Map(bindings.map((binding) => [binding.chord.join(), binding])).values()];
  return (
    <Modal opened onClose={onClose} title={t`Keys of this page`} size="md" closeButtonProps={{ 'aria-label': t`Close` }}>
      <dl className={classes.list}>
        {shown.map((binding) => (
          <div key={binding.chord.join()} className={classes.row}>
            <dt className={classes.label}>{typeof binding.label === 'string' ? binding.label : _(binding.label)}</dt>
            <dd>
              <VisuallyHidden>{keyNames(binding.chord).join(' ')}</VisuallyHidden>
              <Keys keys={binding.chord} />
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        checked={singleKeys}
        onChange={({ currentTarget }) => setPreference('singleKeys', currentTarget.checked)}
        label={<Trans>Single keys</Trans>}
        description={<Trans>They never act while you type. Ctrl K works in any case.</Trans>}
      />
    </Modal>
  );
}
