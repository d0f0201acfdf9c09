// What leaves and for whom; beside it the sentence that the passkey confirms.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Checkbox, MultiSelect, SegmentedControl, Stack, Textarea } from '@mantine/core';
import { IconClock, IconEyeOff, IconHistory } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body } from '../../api/client';
import { ConfirmAct } from '../../base/confirm/ConfirmAct';
import type { Prepared } from '../../base/confirm/confirmation';
import { unbroken } from '../../base/parts/ExhibitNumber';
import { useMe } from '../../base/session';
import { useCase } from '../../base/space';
import { showDone } from '../../base/states/done';
import { choiceQuery, type Export } from './queries';

export function ExportDialog({ chosen, onClose }: { chosen?: string[] | undefined; onClose: () => void }) {
  const { t } = useLingui();
  const me = useMe();
  const one = useCase();
  const client = useQueryClient();
  const exhibits = useQuery(choiceQuery(one.id)).data?.items ?? [];
  const [whole, setWhole] = useState(!chosen);
  const [picked, setPicked] = useState<string[]>(chosen ?? []);
  const [readings, setReadings] = useState(false);
  const [purpose, setPurpose] = useState('');
  const mine = me.person.name;
  const reference = unbroken(one.reference);
  const named = picked.map((id) => exhibits.find((exhibit) => exhibit.id === id)).filter((exhibit) => exhibit !== undefined);
  const numbers = named.map((exhibit) => unbroken(exhibit.number)).join(', ');
  const count = picked.length;
  const harmful = named.some((exhibit) => exhibit.sensitivity.harmful) || (whole && exhibits.some((exhibit) => exhibit.sensitivity.harmful));
  return (
    <ConfirmAct<Export>
      onClose={onClose}
      title={<Trans>Export a package</Trans>}
      lead={<Trans>The receiver can check it without this node.</Trans>}
      fields={
        <Stack gap={16}>
          <SegmentedControl
            aria-label={t`What is exported`} value={whole ? 'whole' : 'chosen'} onChange={(value) => setWhole(value === 'whole')}
            data={[{ value: 'whole', label: t`The whole case` }, { value: 'chosen', label: t`Chosen exhibits` }]}
          />
          {!whole && (
            <MultiSelect
              label={<Trans>Exhibits</Trans>} searchable value={picked} onChange={setPicked} placeholder={picked.length ? undefined : t`Number or title`}
              data={exhibits.map((exhibit) => ({ value: exhibit.id, label: `${unbroken(exhibit.number)} ${exhibit.title}` }))}
            />
          )}
          <Textarea
            label={<Trans>For whom and what for</Trans>} description={<Trans>Stays in the record and goes with the package.</Trans>} autosize minRows={2} maxLength={1000}
            value={purpose} onChange={({ currentTarget }) => setPurpose(currentTarget.value)}
          />
          <Checkbox label={<Trans>With the record of who opened what</Trans>} checked={readings || whole} disabled={whole} onChange={({ currentTarget }) => setReadings(currentTarget.checked)} />
        </Stack>
      }
      sentence={
        whole ? (
          <Trans>I, <b><bdi>{mine}</bdi></b>, export the whole of case <b><bdi>{reference}</bdi></b>.</Trans>
        ) : (
          <Trans>I, <b><bdi>{mine}</bdi></b>, export from case <b><bdi>{reference}</bdi></b>: <b><bdi>{numbers || '…'}</bdi></b>.</Trans>
        )
      }
      consequences={[
        { icon: <IconEyeOff size={18} stroke={1.7} />, text: <Trans><b>Whoever has the file reads it.</b> It is not encrypted.</Trans> },
        ...(harmful ? [{ icon: <IconEyeOff size={18} stroke={1.7} />, text: <Trans>It holds material that is shown on request only.</Trans> }] : []),
        { icon: <IconHistory size={18} stroke={1.7} />, text: <Trans>That you exported it stays in the record.</Trans> },
        { icon: <IconClock size={18} stroke={1.7} />, text: <Trans>This node keeps the file for seven days.</Trans> },
      ]}
      ready={whole || count > 0}
      dirty={purpose !== '' || (!whole && count > 0 && !chosen)}
      nothingYet={<Trans>Nothing leaves before your passkey has answered.</Trans>}
      about={JSON.stringify([whole, picked, readings, purpose])}
      prepare={() =>
        body(api.POST('/spaces/{space}/exports', {
          params: { path: { space: one.id } },
          body: { exhibits: whole ? null : picked, readings: readings || whole, ...(purpose.trim() ? { purpose: purpose.trim() } : {}) },
        })) as Promise<{ confirm: Prepared }>
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['exports', one.id] });
        showDone({ text: whole ? t`The package of the whole case is being written.` : <Plural value={count} one="The package of one exhibit is being written." other="The package of # exhibits is being written." /> });
        onClose();
      }}
    />
  );
}
