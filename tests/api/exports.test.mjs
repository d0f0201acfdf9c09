// A package on its way: asked for, confirmed or by a machine, written, fetched, removed; and verified without any node.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { sha256 } from '../support/client.mjs';
import { refused } from '../support/expect.mjs';
import { TestNode, comity, waitFor, withNode } from '../support/node.mjs';
import { piecesOf } from '../support/package.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true }));

const opened = await mira.openCase({ reference: '2026/114', title: 'Harbour hotel' });
const door = await mira.addExhibit(opened.id, { 'door.txt': Buffer.from('The door was locked from outside.') });
const list = await mira.addExhibit(opened.id, { 'list.csv': Buffer.from('name,room\nX,4\n'), 'empty.dat': Buffer.alloc(0), 'big.bin': Buffer.alloc(300_000, 'big') });
const at = `/spaces/${opened.id}/exports`;

const settled = (client, begun) =>
  waitFor(async () => {
    const seen = await client.get(`/exports/${begun.id}`);
    return seen.state !== 'writing' && seen;
  }, 'the package to be written');

async function fetched(client, ready, name) {
  const answer = await client.exchange('GET', ready.file, { raw: true });
  assert.equal(answer.status, 200);
  const path = join(folder, name);
  await writeFile(path, answer.body);
  return { path, answer };
}

test('exporting is confirmed by the person; nothing is written before', async () => {
  const asked = await mira.post(at, { exhibits: null, readings: false, purpose: 'For the district court' });
  assert.equal(asked.confirm.type, 'export.made/1');
  assert.deepEqual(asked.confirm.sentence.values, { reference: '2026/114', title: 'Harbour hotel', whole: true, exhibits: 0, purpose: 'For the district court' });
  assert.deepEqual((await mira.get(at)).items, []);
  const begun = await mira.confirm(asked);
  assert.ok(['writing', 'ready'].includes(begun.state));
  const ready = await settled(mira, begun);
  assert.equal(ready.state, 'ready', ready.detail);
  assert.equal(ready.confirmed, 'person');
  assert.equal(ready.whole, true);
  assert.equal(ready.exhibits, 2);
  assert.equal(ready.by.name, 'Mira Tellan');
  assert.deepEqual(ready.progress, { done: ready.size, total: ready.size });

  const { path, answer } = await fetched(mira, ready, 'whole.zip');
  assert.equal(answer.body.length, ready.size);
  assert.equal(sha256(answer.body), ready.sha256);
  assert.equal(answer.headers.get('content-type'), 'application/zip');
  assert.match(answer.headers.get('content-disposition'), /^attachment; .*2026-114-\d{4}-\d{2}-\d{2}\.zip/);
  const part = await mira.exchange('GET', ready.file, { raw: true, headers: { Range: 'bytes=100-199' } });
  assert.equal(part.status, 206);
  assert.ok(part.body.equals(answer.body.subarray(100, 200)));

  const verified = await comity(['verify', path]);
  assert.equal(verified.code, 3, verified.stdout + verified.stderr);
});

test('the verdict depends on whom the verifier trusts: 3 nobody named, 0 this node, 4 another', async () => {
  const ready = await settled(mira, await mira.confirm(await mira.post(at, { exhibits: null, readings: true })));
  assert.equal(ready.state, 'ready', ready.detail);
  const { path } = await fetched(mira, ready, 'trust.zip');
  const own = join(folder, 'own.card');
  await writeFile(own, await node.client().get('/node/card'));
  const stranger = await TestNode.create({ name: 'bor.node.test', title: 'Ministry of Borland', country: 'BO' });
  const other = join(folder, 'other.card');
  await writeFile(other, (await comity(['card', stranger.dir])).stdout);
  await stranger.remove();
  assert.equal((await comity(['verify', path])).code, 3);
  const trusted = await comity(['verify', path, '--trust', own]);
  assert.equal(trusted.code, 0, trusted.stdout + trusted.stderr);
  assert.equal((await comity(['verify', path, '--trust', other])).code, 4);
  assert.equal((await comity(['verify', '--trust', other, own, path])).code, 0, 'one of them is enough');
  const renamed = join(folder, 'renamed by a clerk.zip');
  await writeFile(renamed, await (await import('node:fs/promises')).readFile(path));
  assert.equal((await comity(['verify', renamed, '--trust', own])).code, 0, 'people rename files');
});

test('chosen exhibits go, the others are counted and withheld', async () => {
  const asked = await mira.post(at, { exhibits: [door.id], readings: false });
  assert.equal(asked.confirm.sentence.values.exhibits, 1);
  const ready = await settled(mira, await mira.confirm(asked));
  assert.equal(ready.whole, false);
  assert.equal(ready.exhibits, 1);
  const { path, answer } = await fetched(mira, ready, 'chosen.zip');
  const verified = await comity(['verify', path, '--json']);
  assert.equal(verified.code, 3, verified.stdout);
  const names = JSON.parse((await comity(['inspect', path, '--json'])).stdout).files.map((file) => file.name);
  const blobs = names.filter((name) => name.includes('/data/blobs/')).map((name) => name.split('/').at(-1));
  assert.deepEqual(blobs, [sha256(Buffer.from('The door was locked from outside.'))]);
  assert.ok(answer.body.includes('door.txt'));
  assert.ok(!answer.body.includes('list.csv'), 'what was not chosen is not named');
  assert.match(verified.stdout, /withheld/);
});

test('readings travel only where they were asked for', async () => {
  await mira.fetchFile(opened.id, list.id, 1);
  const packages = [];
  for (const readings of [false, true]) {
    const ready = await settled(mira, await mira.confirm(await mira.post(at, { exhibits: [list.id], readings })));
    packages.push((await fetched(mira, ready, `readings-${readings}.zip`)).answer.body);
    assert.equal((await comity(['verify', join(folder, `readings-${readings}.zip`)])).code, 3);
  }
  const acts = (bytes) => piecesOf(bytes).filter(({ name }) => name.endsWith('/acts')).some((piece) => piece.bytes.includes('reading.made/1'));
  assert.deepEqual(packages.map(acts), [false, true]);
});

test('a token with the scope exports without a passkey, and the package says so', async () => {
  const machine = await node.machine('Court gateway', 'all');
  const own = await machine.openCase();
  await machine.addExhibit(own.id, { 'a.txt': Buffer.from('a') });
  const begun = await machine.exchange('POST', `/spaces/${own.id}/exports`, { body: { exhibits: null, readings: false } });
  assert.equal(begun.status, 201);
  assert.equal(begun.body.confirmed, 'machine');
  const ready = await settled(machine, begun.body);
  const { path } = await fetched(machine, ready, 'machine.zip');
  const verified = await comity(['verify', path]);
  assert.equal(verified.code, 3, verified.stdout);
  assert.match(verified.stdout, /not confirmed by a person/i);
});

test('an export leaves a step on the way of each exhibit that went', async () => {
  const kinds = async (exhibit) => (await mira.get(`/spaces/${opened.id}/evidence/${exhibit.id}`)).custody.map((step) => step.kind);
  const [before, other] = [await kinds(door), await kinds(list)];
  await settled(mira, await mira.confirm(await mira.post(at, { exhibits: [door.id], readings: false })));
  assert.equal((await kinds(door)).filter((kind) => kind === 'exported').length, before.filter((kind) => kind === 'exported').length + 1);
  assert.deepEqual(await kinds(list), other);
});

test('a package is removed by whoever may export; its record stays', async () => {
  const ready = await settled(mira, await mira.confirm(await mira.post(at, { exhibits: [door.id], readings: false })));
  const jon = await node.person('Jon Arvik', ['prosecutor']);
  await refused(jon.get(ready.file), 404);
  await refused(jon.get(`/exports/${ready.id}`), 404);
  await refused(jon.call('DELETE', `/exports/${ready.id}`), 404);
  await mira.call('DELETE', `/exports/${ready.id}`);
  await refused(mira.get(ready.file), 410, 'export.gone');
  const left = await mira.get(`/exports/${ready.id}`);
  assert.deepEqual([left.state, left.file, left.size], ['failed', null, null]);
  assert.ok((await mira.get(at)).items.some((item) => item.id === ready.id));
});

test('what is not there is not exported', async () => {
  await refused(mira.post(at, { exhibits: [], readings: false }), 422, 'export.exhibits');
  await refused(mira.post(at, { exhibits: ['0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa'], readings: false }), 422, 'export.exhibit');
  await refused(mira.post(at, { exhibits: [7], readings: false }), 422, 'export.exhibit');
  await refused(mira.post(at, { exhibits: 'all', readings: false }), 422);
  await refused(mira.post(at, { readings: false }), 422);
  await refused(mira.post(at, { exhibits: null, readings: false, colour: 'red' }), 422);
});
