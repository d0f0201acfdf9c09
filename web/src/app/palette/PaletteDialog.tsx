// Do, go, find, by a few letters in the page's language or in English. What a person may not do is listed too, with
// the reason; at most eight rows.
import { setupI18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react';
import { Trans } from '@lingui/react/macro';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { useQuery } from '@tanstack/react-query';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Keys } from '../../base/keys/Keys';
import { loadMessages } from '../../base/locale/load';
import { type OfferedAction, useActionContext, useOfferedActions } from '../useActions';
import { found } from './match';
import { PaletteRow } from './PaletteRow';
import classes from './Palette.module.css';

const [store, spotlight] = createSpotlight();
const groups = [
  { name: 'do', label: msg({ message: 'Do', comment: 'Group of the palette: acts' }) },
  { name: 'go', label: msg({ message: 'Go', comment: 'Group of the palette: places' }) },
  { name: 'find', label: msg({ message: 'Find', comment: 'Group of the palette: searches' }) },
] as const;
const most = 8;

function useEnglish() {
  const { i18n } = useLingui();
  const { data } = useQuery({
    queryKey: ['messages', 'en'],
    queryFn: () => loadMessages('en'),
    enabled: i18n.locale !== 'en',
    staleTime: Infinity,
  });
  const [english] = useState(() => setupI18n());
  if (data) english.loadAndActivate({ locale: 'en', messages: data });
  return data ? english : i18n;
}

export default function PaletteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { _ } = useLingui();
  const english = useEnglish();
  const context = useActionContext();
  const offered = useOfferedActions();
  const [query, setQuery] = useState('');
  useEffect(() => (opened ? spotlight.open() : spotlight.close()), [opened]);

  const matching = offered
    .filter(({ action }) =>
      found(query, [_(action.label), english._(action.label), ...(action.keywords ? [_(action.keywords), english._(action.keywords)] : [])]),
    )
    .toSorted((a, b) => groups.findIndex(({ name }) => name === a.action.group) - groups.findIndex(({ name }) => name === b.action.group))
    .slice(0, most);
  const perform = ({ action, refused }: OfferedAction) => {
    if (!refused) action.perform(context);
  };

  return (
    <Spotlight.Root
      store={store} centered={false} overlayProps={{ blur: 0 }} query={query} onQueryChange={setQuery} shortcut={null} onSpotlightClose={onClose} size={640} yOffset={120}
      radius="lg" attributes={{ content: { 'aria-label': _(msg`Find or do`) } }} classNames={{ content: classes.content, search: classes.search, footer: classes.footer, actionsList: classes.list }}
    >
      <Spotlight.Search
        aria-label={_(msg`Find or do`)} placeholder={_(msg`Find or do`)} leftSection={<IconSearch size={20} stroke={1.7} />}
        rightSection={<Keys keys={['Escape']} />} rightSectionWidth={60}
      />
      <Spotlight.ActionsList>
        {groups.map(({ name, label }) => {
          const rows = matching.filter(({ action }) => action.group === name);
          if (rows.length === 0) return null;
          return (
            <Spotlight.ActionsGroup key={name} label={_(label)} className={classes.group}>
              {rows.map((row) => (
                <PaletteRow key={row.action.id} row={row} query={query} english={english._(row.action.label)} onPerform={() => perform(row)} />
              ))}
            </Spotlight.ActionsGroup>
          );
        })}
        {matching.length === 0 && <Spotlight.Empty><Trans>Nothing here goes by these words.</Trans></Spotlight.Empty>}
      </Spotlight.ActionsList>
      <Spotlight.Footer>
        <span className={classes.hints}>
          <Keys keys={['ArrowUp', 'ArrowDown']} /> <Trans>choose</Trans> <Keys keys={['Enter']} /> <Trans>do it</Trans>
        </span>
        <span><Trans>Answers this language and English</Trans></span>
      </Spotlight.Footer>
    </Spotlight.Root>
  );
}
