// Packages of this case: what is being written, what can be fetched, what was exported before. The one button exports.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconPackageExport } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Page, useTitle } from '../../base/page/Page';
import { Card, Section } from '../../base/parts/Card';
import { useCase } from '../../base/space';
import { EmptyState } from '../../base/states/EmptyState';
import { ExportDialog } from './ExportDialog';
import { ExportRow } from './ExportRow';
import classes from './Exports.module.css';
import { exportsQuery } from './queries';

// A command line is the same in every language.
// eslint-disable-next-line lingui/no-unlocalized-strings
const command = 'comity verify FILE.zip --trust CARD';

export function ExportsPage() {
  const { t } = useLingui();
  useTitle(t`Exports`);
  const one = useCase();
  const search = useSearch({ from: '/shell/cases/$space/exports' });
  const navigate = useNavigate();
  const items = useSuspenseQuery(exportsQuery(one.id)).data.items;
  const asked = search.exhibits?.split(',');
  const [opened, setOpened] = useState(Boolean(asked));
  const close = () => {
    setOpened(false);
    if (asked) void navigate({ to: '/cases/$space/exports', params: { space: one.id }, search: {}, replace: true });
  };
  const button = one.may.export && (
    <Button leftSection={<IconPackageExport size={18} stroke={1.7} />} onClick={() => setOpened(true)}><Trans>Export a package</Trans></Button>
  );
  return (
    <Page
      title={<Trans>Exports</Trans>}
      lead={<Trans>A package holds evidence, records and proofs in one file. Anybody can check it on any computer, without this node and without trusting it.</Trans>}
      actions={items.length > 0 && button}
      aside={<HowToCheck />}
    >
      {items.length === 0 ? (
        <EmptyState title={<Trans>No package yet</Trans>} action={button || undefined}>
          <Trans>Export the whole case, or chosen exhibits. What leaves, and who let it leave, stays in the record.</Trans>
        </EmptyState>
      ) : (
        <Card>
          <ul className={classes.list}>{items.map((item) => <ExportRow key={item.id} item={item} />)}</ul>
        </Card>
      )}
      {opened && one.may.export && <ExportDialog chosen={asked} onClose={close} />}
    </Page>
  );
}

function HowToCheck() {
  return (
    <Section title={<Trans>How the receiver checks it</Trans>}>
      <ol className={classes.steps}>
        <li><Trans>They get your node’s card from you by another way than the package.</Trans></li>
        <li><Trans>They open <a href="/verify.html">verify.html</a>, offline and in any browser, and drop the package and the card on it. The package holds a copy.</Trans></li>
        <li>
          <Trans>Or they run, on any computer:</Trans>
          <code dir="ltr" className={classes.code}>{command}</code>
        </li>
        <li><Trans>They read five answers: intact, from whom, checked by whom, since when, whole or part.</Trans></li>
      </ol>
      <a href="/api/v1/node/card" download="node.card"><Trans>Fetch this node’s card</Trans></a>
    </Section>
  );
}
