// Packages of a real node for the verifiers' tests: a case with sealed evidence, as a whole and in part, and the node's card.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor, withNode } from './node.mjs';

/** {whole, part, card}: bytes, bytes, text. */
export async function packagesOf(node) {
  const mira = await node.person('Mira Tellan', ['investigator']);
  const opened = await mira.openCase();
  await mira.addExhibit(opened.id, { 'door.txt': Buffer.alloc(2000, 'door ') });
  const sealed = await mira.addExhibit(opened.id, { 'key.txt': Buffer.from('A key.') });
  await mira.confirm(await mira.post(`/spaces/${opened.id}/evidence/${sealed.id}/seal`, { reason: 'Closed.' }));
  const packaged = async (exhibits) => {
    const begun = await mira.confirm(await mira.post(`/spaces/${opened.id}/exports`, { exhibits, readings: false }));
    const ready = await waitFor(async () => {
      const seen = await mira.get(`/exports/${begun.id}`);
      return seen.state !== 'writing' && seen;
    }, 'the package');
    assert.equal(ready.state, 'ready', ready.detail);
    return (await mira.exchange('GET', ready.file, { raw: true })).body;
  };
  const whole = await packaged(null);
  return { whole, part: await packaged([sealed.id]), card: await node.client().get('/node/card') };
}

/** The same in files: {folder, whole, part, card}; the card is a path. */
export async function exportedCase(test) {
  const node = await withNode(test);
  const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
  test.after(() => rm(folder, { recursive: true }));
  const { whole, part, card } = await packagesOf(node);
  const path = join(folder, 'own.card');
  await writeFile(path, card);
  return { node, folder, whole, part, card: path };
}
