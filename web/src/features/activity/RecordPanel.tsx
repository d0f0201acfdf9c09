// One record: what it says, each check done again just now, its exact bytes.
import { msg } from '@lingui/core/macro';
import { useLingui as useMessages } from '@lingui/react';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Drawer, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useWords } from '../../base/confirm/CheckWords';
import { StateMark } from '../../base/marks/StateMark';
import { Fact, Facts } from '../../base/parts/Card';
import { Hash } from '../../base/parts/Hash';
import { useSpace } from '../../base/space';
import { ErrorState } from '../../base/states/ErrorState';
import { useFormat } from '../../base/useFormat';
import { RecordSentence } from '../../base/words/RecordSentence';
import { recordQuery } from './queries';
import classes from './RecordPage.module.css';

const checks = {
  leaf: msg`The header has this hash`,
  act_hash: msg`The act has the hash that the header names`,
  repeats_header: msg`Act and header say the same`,
  inclusion: msg`It stands in the history, at this place`,
  signature: msg`The history is signed by the node’s key`,
  authority: msg`Whoever wrote it was allowed to`,
  confirmation: msg`A person confirmed it with a passkey`,
  anchor: msg`An anchor fixes the history in time`,
} as const;

// eslint-disable-next-line lingui/no-unlocalized-strings -- the format's own extension
const fileName = (leaf: string) => `${leaf.slice(0, 16)}.tlog-proof`;

function decoded(base64url: string): string {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0)));
}

export function RecordPanel({ leaf, onClose }: { leaf: string; onClose: () => void }) {
  const { t } = useLingui();
  const { _ } = useMessages();
  const format = useFormat();
  const space = useSpace();
  const { data: record, error } = useQuery(recordQuery(space, leaf));
  const proof = record?.tlog_proof;
  const words = useWords(record?.bytes.act ?? undefined);
  return (
    <Drawer opened onClose={onClose} position="right" size={468} title={<Trans>One record</Trans>} closeButtonProps={{ 'aria-label': t`Close` }}>
      {error && <ErrorState error={error} />}
      {record && (
        <Stack gap={20}>
          <p><RecordSentence record={record} space={space} /></p>
          <Facts>
            <Fact term={<Trans>When, as written</Trans>}>{format.exact(record.time)}</Fact>
            <Fact term={<Trans>Place in the history</Trans>}>{format.number(record.seq + 1)}</Fact>
            {words && record.confirmed === 'person' && <Fact term={<Trans>Check words</Trans>}><bdi lang="en" dir="ltr">{words}</bdi></Fact>}
            <Fact term={<Trans>Hash</Trans>}><Hash value={record.leaf} /></Fact>
          </Facts>
          <ul className={classes.checks}>
            {record.checks.filter((check) => check.ok !== null).map((check) => (
              <li key={check.code}>
                <StateMark mark={check.ok ? 'proven' : check.code === 'authority' || check.code === 'confirmation' ? 'void' : 'damaged'}>{_(checks[check.code])}</StateMark>
                {check.detail && <span className={classes.reason}>{check.detail}</span>}
              </li>
            ))}
          </ul>
          {proof && (
            <Button
              component="a" variant="default" download={fileName(record.leaf)} href={URL.createObjectURL(new Blob([proof], { type: 'text/plain' }))}
            >
              <Trans>Fetch the proof</Trans>
            </Button>
          )}
          <section>
            <h2><Trans>Header, byte by byte</Trans></h2>
            <pre dir="ltr" className={classes.bytes} tabIndex={0}>{decoded(record.bytes.header)}</pre>
          </section>
          {record.bytes.act && (
            <section>
              <h2><Trans>Act, byte by byte</Trans></h2>
              <pre dir="ltr" className={classes.bytes} tabIndex={0}>{decoded(record.bytes.act)}</pre>
            </section>
          )}
        </Stack>
      )}
    </Drawer>
  );
}
