// Looking into a file: card, checkpoint, proof, record, package, blob; what it is not, it does not claim to be.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { comity, waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const machine = await node.machine('Intake station', 'all');
const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true, force: true }));
const opened = await machine.openCase();
const exhibit = await machine.addExhibit(opened.id, { 'a.bin': Buffer.alloc(100_000, 'a') });
const proof = await machine.get(`/spaces/${opened.id}/evidence/${exhibit.id}/proof`);

let count = 0;
async function look(bytes) {
  const path = join(folder, `f${++count}`);
  await writeFile(path, bytes);
  const { code, stdout, stderr } = await comity(['inspect', path, '--json']);
  assert.equal(code, 0, stderr);
  const words = await comity(['inspect', path]);
  assert.equal(words.code, 0);
  assert.ok(words.stdout.length > 10);
  return JSON.parse(stdout);
}

test('the node’s card', async () => {
  const seen = await look(await node.client().get('/node/card'));
  assert.equal(seen.kind, 'card');
  assert.equal(seen.node, node.name);
  assert.deepEqual(seen.keys.map((key) => key.use).toSorted(), ['identity', 'log', 'tls', 'witness']);
});

test('a checkpoint, and the proof of a record', async () => {
  const checkpoint = await look(proof.checkpoint);
  assert.equal(checkpoint.kind, 'checkpoint');
  assert.ok(checkpoint.origin.startsWith(`${node.name}/${opened.id}/`));
  assert.equal(checkpoint.signatures.length, 1);
  const seen = await look(proof.tlog_proof);
  assert.equal(seen.kind, 'tlog-proof');
  assert.equal(seen.index, proof.record.seq);
  assert.equal(seen.checkpoint.root, checkpoint.root);
});

test('a header, and an act', async () => {
  const header = await look(proof.header);
  assert.equal(header.kind, 'header');
  assert.equal(header.leaf, proof.record.leaf);
  const act = await look(proof.act);
  assert.equal(act.kind, 'act');
  assert.equal(header.fields.act, `sha256:${act.sha256}`);
  assert.equal(act.fields.type, 'exhibit.added/1');
});

test('a package', async () => {
  const begun = await machine.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false });
  const ready = await waitFor(async () => {
    const seen = await machine.get(`/exports/${begun.id}`);
    return seen.state === 'ready' && seen;
  }, 'the package');
  const seen = await look((await machine.exchange('GET', ready.file, { raw: true })).body);
  assert.equal(seen.kind, 'package');
  assert.ok(seen.files.some((file) => file.name.endsWith('/bagit.txt')));
});

test('a blob tells its length and nothing else; what is nothing of ours is unknown', async () => {
  const [entry] = (await readdir(join(node.dir, 'blobs'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const { code, stdout } = await comity(['inspect', join(entry.parentPath, entry.name), '--json']);
  assert.equal(code, 0);
  const seen = JSON.parse(stdout);
  assert.equal(seen.kind, 'blob');
  assert.equal(seen.plain_bytes, 100_000);
  assert.equal((await look('This is a letter.')).kind, 'unknown');
  assert.equal((await comity(['inspect', join(folder, 'nowhere')])).code, 1);
});

test('what somebody wrote into a file moves no cursor and fakes no line', async () => {
  const path = join(folder, 'escape\u001b[31m.json');
  await writeFile(path, JSON.stringify({ type: 'thing.made/1', salt: '0'.repeat(32), text: '\u001b]0;owned\u0007\nkind: card\u009b2J' }));
  const { code, stdout } = await comity(['inspect', path]);
  assert.equal(code, 0);
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(stdout), JSON.stringify(stdout));
  assert.ok(stdout.includes('\\u001b]0;owned\\u0007\\u000akind: card\\u009b2J'), stdout);
  for (const command of ['verify', 'inspect']) {
    const { stdout: said, stderr } = await comity([command, command === 'inspect' ? path + '.gone' : path]);
    assert.ok(!(said + stderr).includes('\u001b'), command);
  }
});
