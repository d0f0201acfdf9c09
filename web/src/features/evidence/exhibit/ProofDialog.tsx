// The proof of the record that took the exhibit in: what anybody needs to check it without this node. As bytes on the
// page, and as the file that other programs read.
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { api, body, type Schemas } from '../../../api/client';
import { Fact, Facts } from '../../../base/parts/Card';
import { Hash } from '../../../base/parts/Hash';
import { unbroken } from '../../../base/parts/ExhibitNumber';
import { ErrorState } from '../../../base/states/ErrorState';
import { Loading } from '../../../base/states/Loading';
import { useFormat } from '../../../base/useFormat';
import type { Exhibit } from '../queries';
import classes from './ProofDialog.module.css';

const ending = 'tlog-proof';

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.${ending}`;
  link.click();
  URL.revokeObjectURL(url);
}

export function ProofDialog({ space, exhibit, onClose }: { space: string; exhibit: Exhibit; onClose: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const { data: proof, error } = useQuery({
    queryKey: ['spaces', space, 'evidence', 'proof', exhibit.id],
    queryFn: async () =>
      (await body(api.GET('/spaces/{space}/evidence/{exhibit}/proof', { params: { path: { space, exhibit: exhibit.id } } }))) as Schemas['RecordProof'],
  });
  const number = unbroken(exhibit.number);
  const anchorName = `${exhibit.number}-anchor`;
  return (
    <Modal opened onClose={onClose} size={640} title={<Trans>Proof of {number}</Trans>} closeButtonProps={{ 'aria-label': t`Close` }}>
      {error && <ErrorState error={error} />}
      {!proof && !error && <Loading rows={4} />}
      {proof && (
        <Stack gap={16}>
          <p className="meta"><Trans>This proves that the exhibit’s record stands in this authority’s signed history, at this place and with these bytes.</Trans></p>
          <Facts>
            <Fact term={<Trans>Record</Trans>}><Hash value={proof.record.leaf} whole /></Fact>
            <Fact term={<Trans>Place</Trans>}><bdi dir="ltr">{proof.record.feed}</bdi> · {format.number(proof.record.seq + 1)}</Fact>
            <Fact term={<Trans>Anchored</Trans>}>{proof.anchor ? format.exact(proof.anchor.made) : <Trans>not yet; the next anchor comes within ten minutes</Trans>}</Fact>
          </Facts>
          <Group gap={8}>
            <Button variant="default" leftSection={<IconDownload size={18} stroke={1.7} />} onClick={() => save(exhibit.number, proof.tlog_proof)}>
              <Trans>Fetch the proof</Trans>
            </Button>
            {proof.anchor && (
              <Button variant="default" leftSection={<IconDownload size={18} stroke={1.7} />} onClick={() => save(anchorName, proof.anchor!.tlog_proof)}>
                <Trans>Fetch the anchor’s proof</Trans>
              </Button>
            )}
          </Group>
          <Bytes title={<Trans>Header, byte by byte</Trans>} text={proof.header} />
          {proof.act && <Bytes title={<Trans>Act, byte by byte</Trans>} text={proof.act} />}
          <Bytes title={<Trans>Signed checkpoint</Trans>} text={proof.checkpoint} />
        </Stack>
      )}
    </Modal>
  );
}

function Bytes({ title, text }: { title: ReactNode; text: string }) {
  return (
    <section>
      <h2>{title}</h2>
      <pre dir="ltr" className={classes.bytes} tabIndex={0}>{text}</pre>
    </section>
  );
}
