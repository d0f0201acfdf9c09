// Putting an exhibit under seal: an act of legal weight, confirmed with the passkey. It closes the files; what is said
// of them can still be corrected.
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Textarea, TextInput } from '@mantine/core';
import { IconEye, IconFileOff, IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, type Schemas } from '../../../api/client';
import { ConfirmAct } from '../../../base/confirm/ConfirmAct';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { useMe } from '../../../base/session';
import { showDone } from '../../../base/states/done';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';

interface Props {
  space: string;
  exhibit: Exhibit;
  onClose: () => void;
}

export function SealDialog({ space, exhibit, onClose }: Props) {
  const { t } = useLingui();
  const format = useFormat();
  const client = useQueryClient();
  const { person, node } = useMe();
  const [seal, setSeal] = useState('');
  const [reason, setReason] = useState('');
  const number = unbroken(exhibit.number);
  const name = person.name;
  const { title, files } = exhibit;
  const date = format.date(new Date());
  const authority = node.title;
  const sealNumber = seal.trim();
  const why = reason.trim();
  const because = why.replace(/[.。۔]$/u, ''); // the sentence sets its own full stop
  const parties = exhibit.seen_by.map((party) => party.title);
  const readers = format.list(parties);
  const extent = <Plural value={files} one="# file" other="# files" />;
  return (
    <ConfirmAct<Exhibit>
      onClose={onClose}
      title={<Trans>Put {number} under seal</Trans>}
      lead={<bdi>{title}</bdi>}
      fields={
        <>
          <TextInput
            label={<Trans>Number of the seal</Trans>} description={<Trans>Of the seal on the thing itself, where there is one.</Trans>} value={seal} maxLength={80}
            onChange={({ currentTarget }) => setSeal(currentTarget.value)} data-autofocus
          />
          <Textarea
            label={<Trans>Why</Trans>} required withAsterisk={false} autosize minRows={2} maxLength={1000} value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </>
      }
      sentence={
        <>
          {sealNumber ? (
            <Trans>I, <b><bdi>{name}</bdi></b>, put exhibit <b><bdi dir="ltr">{number}</bdi></b>, <bdi>{title}</bdi>, {extent}, under seal <bdi dir="ltr">{sealNumber}</bdi>.</Trans>
          ) : (
            <Trans>I, <b><bdi>{name}</bdi></b>, put exhibit <b><bdi dir="ltr">{number}</bdi></b>, <bdi>{title}</bdi>, {extent}, under seal.</Trans>
          )}{' '}
          {why && <><Trans>Reason: <bdi>{because}</bdi>.</Trans>{' '}</>}
          <Trans><bdi>{authority}</bdi>, {date}.</Trans>
        </>
      }
      consequences={[
        { icon: <IconFileOff size={18} stroke={1.7} />, text: <Trans>No file can be added any more. <b>A seal cannot be taken back here.</b></Trans> },
        { icon: <IconLock size={18} stroke={1.7} />, text: <Trans>The exhibit can still be read, exported and checked; what is said of it can be corrected.</Trans> },
        { icon: <IconEye size={18} stroke={1.7} />, text: <Plural value={parties.length} one={<Trans><bdi>{readers}</bdi> sees this act.</Trans>} other={<Trans><bdi>{readers}</bdi> see this act.</Trans>} /> },
      ]}
      ready={why !== ''}
      dirty={seal !== '' || reason !== ''}
      nothingYet={<Trans>Nothing is sealed before your passkey has answered.</Trans>}
      about={`${sealNumber}\n${why}`}
      prepare={() =>
        body(
          api.POST('/spaces/{space}/evidence/{exhibit}/seal', {
            params: { path: { space, exhibit: exhibit.id } },
            body: { reason: why, ...(sealNumber ? { seal_number: sealNumber } : {}) },
          }),
        ) as Promise<Schemas['Confirm']>
      }
      onDone={() => {
        void client.invalidateQueries({ queryKey: ['spaces', space] });
        showDone({ text: t`${number} is under seal.` });
        onClose();
      }}
    />
  );
}
