// Development only: the confirming dialog with sample words, to be laid beside the design. No node stands behind it: the
// challenge is not that of the sample act, so that the passkey button ends in an error, which is shown as any other.
import { Group, Select, TextInput } from '@mantine/core';
import { IconArrowBackUp, IconClock, IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmAct } from '../base/confirm/ConfirmAct';
import type { Prepared } from '../base/confirm/confirmation';

const people = ['Ilse Varga, Prosecution Service of Alvaria', 'Noor Salim, Prosecution Service of Alvaria'];

const sampleAct = (): Prepared => ({
  id: 'sample', type: 'custody.offered/1', act: 'oA', challenge: 'AA', rp_id: location.hostname, credentials: [],
  sentence: { code: 'sample', values: {} }, expires: new Date(Date.now() + 600_000).toISOString(),
});

export function ConfirmPage() {
  const [to, setTo] = useState(people[0]!);
  const [seal, setSeal] = useState('004462');
  const [name, office] = to.split(', ');
  return (
    <ConfirmAct
      onClose={() => history.back()}
      title="Hand over B‑0017"
      lead="Wage book, 38 pages. You hold it since 19 November."
      fields={
        <>
          <Select label="To whom" data={people} value={to} onChange={(value) => setTo(value ?? to)} />
          <Select label="Why" data={['Presentation at trial']} defaultValue="Presentation at trial" />
          <TextInput label="Where" defaultValue="Port Averil, evidence desk" />
          <Group grow>
            <TextInput label="Seal number" value={seal} onChange={({ currentTarget }) => setSeal(currentTarget.value)} />
            <Select label="State of the seal" data={['Unbroken', 'Broken']} defaultValue="Unbroken" />
          </Group>
        </>
      }
      sentence={
        <>
          I, <b>Tomas Reny</b>, hand over exhibit <b>B‑0017</b>, wage book of 38 pages, seal {seal} unbroken, to <b>{name}</b>, {office}, for
          presentation at trial. Port Averil, 24 November 2026.
        </>
      }
      consequences={[
        { icon: <IconClock size={18} stroke={1.7} />, text: <>Ilse Varga accepts or refuses. <b>Until then you hold it.</b></> },
        { icon: <IconEye size={18} stroke={1.7} />, text: 'Alvaria and Brennia see this act. Costavia does not.' },
        { icon: <IconArrowBackUp size={18} stroke={1.7} />, text: 'You can take the offer back until it is accepted. Both stay in the record.' },
      ]}
      ready={seal !== ''}
      dirty={seal !== '004462'}
      nothingYet="Nothing is handed over before your passkey has answered."
      about={to + seal}
      prepare={() => Promise.resolve({ confirm: sampleAct() })}
      onDone={() => history.back()}
    />
  );
}
