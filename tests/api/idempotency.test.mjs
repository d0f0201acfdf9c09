// A write under a key is done once, however often it is sent: a client whose line broke may simply ask again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator'], true);
const under = (key) => ({ headers: { 'Idempotency-Key': key } });
const count = async () => (await mira.get('/cases?status=all&limit=1')).total;

test('the same key and body are answered as the first time', async () => {
  const before = await count();
  const body = { reference: '2026/1', title: 'Once' };
  const first = await mira.exchange('POST', '/cases', { body, ...under('key-1') });
  const again = await mira.exchange('POST', '/cases', { body, ...under('key-1') });
  assert.equal(first.status, 201);
  assert.equal(again.status, 201);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  assert.equal(again.headers.get('etag'), first.headers.get('etag'));
  assert.equal(await count(), before + 1);
});

test('another body, path or key is another matter', async () => {
  await mira.post('/cases', { title: 'A' }, under('key-2'));
  await refused(mira.post('/cases', { title: 'B' }, under('key-2')), 422, 'idempotency.reused');
  const opened = await mira.openCase();
  await refused(mira.post(`/cases/${opened.id}/close`, { title: 'A' }, under('key-2')), 422, 'idempotency.reused');
  const before = await count();
  await mira.post('/cases', { title: 'A' }, under('key-3'));
  assert.equal(await count(), before + 1);
});

test('a key is each person’s own', async () => {
  const jon = await node.person('Jon Arvik', ['investigator']);
  const body = { title: 'Same words' };
  const [mine, theirs] = [await mira.post('/cases', body, under('key-4')), await jon.post('/cases', body, under('key-4'))];
  assert.notEqual(mine.id, theirs.id);
});

test('a refusal under a key is kept, too; nothing is done later by surprise', async () => {
  const first = await mira.exchange('POST', '/cases', { body: { title: '' }, ...under('key-5') });
  const again = await mira.exchange('POST', '/cases', { body: { title: '' }, ...under('key-5') });
  assert.equal(first.status, 422);
  assert.equal(again.status, 422);
});

test('many at once do it once', async () => {
  const before = await count();
  const answers = await Promise.all(Array.from({ length: 12 }, () => mira.exchange('POST', '/cases', { body: { title: 'At once' }, ...under('key-6') })));
  const done = answers.filter((answer) => answer.status === 201);
  assert.ok(done.length >= 1);
  assert.equal(new Set(done.map((answer) => answer.body.id)).size, 1);
  for (const answer of answers.filter((one) => one.status !== 201)) assert.deepEqual([answer.status, answer.body.code], [409, 'idempotency.busy']);
  assert.equal(await count(), before + 1);
});

test('the answer is there after a restart, and after a kill', async () => {
  const body = { title: 'Across a restart' };
  const first = await mira.post('/cases', body, under('key-7'));
  await node.kill();
  await node.start();
  const again = await mira.exchange('POST', '/cases', { body, ...under('key-7') });
  if (again.status === 409) assert.equal(again.body.code, 'idempotency.lost', 'killed before the answer was kept: it says so');
  else assert.equal(again.body.id, first.id);
});

test('a secret is shown once: its answer is not kept', async () => {
  const body = { name: 'Robot', scopes: ['cases:read'] };
  assert.match((await mira.post('/tokens', body, under('key-8'))).token, /^cmty_/);
  await refused(mira.post('/tokens', body, under('key-8')), 409, 'idempotency.spent');
  const invitation = { name: 'Sefa Orun', roles: ['clerk'], admin: false };
  await mira.post('/invitations', invitation, under('key-9'));
  await refused(mira.post('/invitations', invitation, under('key-9')), 409, 'idempotency.spent');
});

test('a key is visible ASCII', async () => {
  for (const key of ['x'.repeat(256), 'with space', 'tab\tbed']) {
    const answer = await mira.exchange('POST', '/cases', { body: { title: 'K' }, ...under(key) });
    assert.equal(answer.status, 400, JSON.stringify(key));
  }
});

test('an answer is repeated only to the same rights', async () => {
  const sefa = await node.person('Sefa Reny', ['investigator', 'clerk']);
  const body = { title: 'Opened as an investigator' };
  const opened = await sefa.post('/cases', body, under('key-10'));
  assert.equal((await sefa.post('/cases', body, under('key-10'))).id, opened.id);
  const at = `/people/${(await sefa.get('/me')).person.id}`;
  const tag = (await mira.exchange('GET', at)).headers.get('etag');
  await mira.call('PATCH', at, { body: { roles: ['clerk'] }, headers: { 'If-Match': tag } });
  await refused(sefa.post('/cases', body, under('key-10')), 422, 'idempotency.reused');
});
