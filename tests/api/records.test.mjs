// The record of a case: every act, the newest first, each with its bytes and checks.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { everyPage, refused } from '../support/expect.mjs';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const jon = await node.person('Jon Arvik', ['prosecutor']);
const opened = await mira.openCase({ reference: '2026/9', title: 'Lantern' });
const at = `/spaces/${opened.id}/records`;
const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') }, { title: 'Letter' });
await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: (await jon.get('/me')).person.id }));
await jon.fetchFile(opened.id, exhibit.id);
await mira.confirm(await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { reason: 'Closed.' }));

test('every act is there once, the newest first, by pages of any size', async () => {
  const all = await everyPage(mira, at);
  const byOne = await everyPage(mira, `${at}?limit=1`);
  assert.deepEqual(byOne, all);
  assert.deepEqual(all.map((record) => record.seq), Array.from(all, (_, n) => all.length - 1 - n), 'one feed, without gaps');
  assert.deepEqual(all.map((record) => record.height), all.map((record) => record.seq + 1));
  for (const record of all) {
    assert.equal(record.class, 'valid', `${record.type}: ${record.reason}`);
    assert.equal(record.proof.state, 'proven');
    assert.equal(record.node, node.name);
  }
  const types = new Set(all.map((record) => record.type));
  for (const type of ['lane.chartered/1', 'person.introduced/1', 'person.named/1', 'case.opened/1', 'exhibit.added/1', 'member.added/1', 'reading.made/1', 'exhibit.sealed/1']) assert.ok(types.has(type), type);
  const sealing = all.find((record) => record.type === 'exhibit.sealed/1');
  assert.equal(sealing.by.name, 'Mira Tellan');
  assert.equal(sealing.confirmed, 'person');
  assert.deepEqual(sealing.subject, { kind: 'exhibit', id: exhibit.id, label: 'A-0001' });
  assert.equal(all.find((record) => record.type === 'person.introduced/1').by, null, 'the node’s own act');
});

test('by subject, person, kind and time', async () => {
  const types = async (query) => (await everyPage(mira, `${at}?${query}&limit=3`)).map((record) => record.type);
  assert.deepEqual(await types(`subject=${exhibit.id}`), ['exhibit.sealed/1', 'exhibit.added/1']);
  assert.deepEqual(await types('type=member'), ['member.added/1']);
  assert.deepEqual(await types('type=exhibit.added/1'), ['exhibit.added/1']);
  assert.deepEqual(await types('type=exh'), []);
  const [reading] = await everyPage(mira, `${at}?type=reading`);
  assert.deepEqual(await types(`person=${reading.by.id}`), ['reading.made/1']);
  assert.ok(!(await types(`before=${encodeURIComponent(reading.time)}`)).includes('exhibit.sealed/1'));
  await refused(mira.get(`${at}?before=yesterday`), 422, 'list.before');
  await refused(mira.get(`${at}?cursor=nonsense`), 422, 'list.cursor');
  await refused(mira.get(`${at}?colour=red`), 400, 'query.unknown');
});

test('one record shows all its bytes, and every check that was made', async () => {
  const [record] = await everyPage(mira, `${at}?type=exhibit.sealed/1`);
  const whole = await mira.get(`${at}/${record.leaf}`);
  const [header, act, confirmation] = ['header', 'act', 'confirmation'].map((part) => Buffer.from(whole.bytes[part], 'base64url'));
  assert.equal(createHash('sha256').update(Buffer.from([0])).update(header).digest('hex'), record.leaf);
  const said = JSON.parse(header);
  assert.equal(said.act, `sha256:${createHash('sha256').update(act).digest('hex')}`);
  assert.equal(said.confirmation, `sha256:${createHash('sha256').update(confirmation).digest('hex')}`);
  assert.deepEqual(whole.prev, said.prev);
  for (const check of whole.checks) assert.notEqual(check.ok, false, `${check.code}: ${check.detail}`);
  const ok = Object.fromEntries(whole.checks.map((check) => [check.code, check.ok]));
  for (const code of ['leaf', 'act_hash', 'repeats_header', 'inclusion', 'signature', 'authority', 'confirmation']) assert.equal(ok[code], true, code);
  assert.match(whole.tlog_proof, /^c2sp\.org\/tlog-proof@v1\n/);
  await refused(mira.get(`${at}/${'0'.repeat(64)}`), 404);
  const elsewhere = await mira.openCase();
  await refused(mira.get(`/spaces/${elsewhere.id}/records/${record.leaf}`), 404);
});

test('no secret is in a record that members read', async () => {
  const text = JSON.stringify(await Promise.all((await everyPage(mira, at)).map((record) => mira.get(`${at}/${record.leaf}`))));
  assert.ok(!text.includes(mira.cookie.split('=')[1]));
});

test('today says what waits for a person, and what happened in their cases', async () => {
  const today = await jon.get('/today');
  assert.equal(today.count, today.items.length);
  assert.ok(today.meanwhile.some((record) => record.type === 'exhibit.added/1' && record.case.reference === '2026/9'));
  assert.ok(today.trust.checkpoints >= 2);
  const sefa = await node.person('Sefa Orun', ['clerk']);
  await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: (await sefa.get('/me')).person.id }));
  const hers = await sefa.get('/today');
  assert.deepEqual(hers.items.map((item) => item.code).toSorted(), ['case.joined', 'exhibits.unopened']);
  const unopened = hers.items.find((item) => item.code === 'exhibits.unopened');
  assert.deepEqual(unopened.why.values, { count: 1 });
  assert.equal(unopened.case.id, opened.id);
  await sefa.fetchFile(opened.id, exhibit.id);
  assert.deepEqual((await sefa.get('/today')).items, []);

  await mira.upload(opened.id, 'waiting.txt', Buffer.from('waiting'));
  const waiting = (await mira.get('/today')).items.find((item) => item.code === 'uploads.waiting');
  assert.deepEqual(waiting.why.values, { count: 1 });
  assert.equal(waiting.action.href, `/cases/${opened.id}/intake`);
});

test('today is for tokens that may read cases', async () => {
  assert.deepEqual((await (await node.machine('Morning list', 'cases:read')).get('/today')).items, []);
  await refused((await node.machine('Reads files only', 'evidence:read')).get('/today'), 403, 'token.scope');
});

test('who was taken off a case is told nothing more of it: no upload, no package, no twin of a file', async () => {
  const left = await mira.openCase({ reference: '2026/10', title: 'Left behind' });
  const letter = await mira.addExhibit(left.id, { 'letter.txt': Buffer.from('The same letter.') });
  const lena = await node.person('Lena Marrow', ['investigator']);
  const member = (await lena.get('/me')).person.id;
  await mira.confirm(await mira.post(`/cases/${left.id}/members`, { person: member }));
  await lena.fetchFile(left.id, letter.id);
  const upload = await lena.upload(left.id, 'copy.txt', Buffer.from('The same letter.'));
  const begun = await lena.confirm(await lena.post(`/spaces/${left.id}/exports`, { exhibits: null, readings: false }));
  await waitFor(async () => (await lena.get(`/exports/${begun.id}`)).state === 'ready', 'the package to be written');
  const codes = async () => (await lena.get('/today')).items.filter((item) => item.case?.id === left.id).map((item) => item.code);
  for (const code of ['uploads.waiting', 'export.ready']) assert.ok((await codes()).includes(code), code);
  assert.equal((await lena.get(`/uploads/${upload}`)).duplicate_of.exhibit, letter.id);

  await mira.confirm(await mira.call('DELETE', `/cases/${left.id}/members/${member}`));
  const seen = await codes();
  const twin = (await lena.get(`/uploads/${upload}`)).duplicate_of;
  assert.ok(!seen.includes('uploads.waiting'), `uploads.waiting in ${seen}`);
  assert.ok(!seen.includes('export.ready'), `export.ready in ${seen}`);
  assert.equal(twin, undefined);
});
