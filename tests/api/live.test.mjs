// Live events: ids only, of what the person may see only; taken up again where the line broke.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Events } from '../support/events.mjs';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator'], true);
const jon = await node.person('Jon Arvik', ['prosecutor']);
const auditor = await node.person('Ada Verhoeven', ['auditor']);
const idOf = async (client) => (await client.get('/me')).person.id;

test('what changes in my cases comes at once; nobody else hears of it', async () => {
  const [mine, theirs, all] = [await Events.open(mira), await Events.open(jon), await Events.open(auditor)];
  assert.equal(mine.answer.headers.get('content-type').split(';')[0], 'text/event-stream');
  assert.match(mine.answer.headers.get('cache-control'), /no-store|no-cache/);
  const opened = await mira.openCase({ title: 'A secret title' });
  await mine.find((one) => one.event === 'case.changed' && one.data.space === opened.id, 'case.changed');
  await all.find((one) => one.event === 'case.changed' && one.data.space === opened.id, 'case.changed for the auditor');
  const upload = await mira.upload(opened.id, 'secret name.txt', Buffer.from('x'));
  await mine.find((one) => one.event === 'upload.changed' && one.data.id === upload, 'upload.changed');
  const exhibit = await mira.post(`/spaces/${opened.id}/evidence`, { title: 'secret exhibit', type: 'other', obtained: { how: 'other' }, uploads: [upload] });
  const added = await mine.find((one) => one.event === 'evidence.changed' && one.data.type === 'exhibit.added', 'evidence.changed');
  assert.deepEqual(added.data, { space: opened.id, id: exhibit.id, type: 'exhibit.added' });
  await mine.find((one) => one.event === 'record' && one.data.space === opened.id, 'record');

  const joining = await mira.post(`/cases/${opened.id}/members`, { person: await idOf(jon) });
  assert.deepEqual(theirs.list.filter((one) => one.data?.space === opened.id), []);
  await mira.confirm(joining);
  await theirs.find((one) => one.event === 'case.changed' && one.data.space === opened.id, 'case.changed for the new member');
  const said = JSON.stringify([...mine.list, ...theirs.list, ...all.list]);
  assert.ok(!/secret/.test(said), 'ids only');
  await Promise.all([mine.close(), theirs.close(), all.close()]);
});

test('a broken line goes on behind the last event that came, without a gap', async () => {
  const first = await Events.open(mira);
  const one = await mira.openCase();
  const last = await first.find((event) => event.event === 'case.changed' && event.data.space === one.id, 'case.changed');
  await first.close();
  const [two, three] = [await mira.openCase(), await mira.openCase()];
  const again = await Events.open(mira, last.id);
  for (const opened of [two, three]) await again.find((event) => event.event === 'case.changed' && event.data.space === opened.id, 'a missed event');
  const ids = again.list.map((event) => BigInt(event.id ?? 0)).filter((id) => id > 0n);
  assert.deepEqual(ids, ids.toSorted((a, b) => (a < b ? -1 : 1)));
  assert.ok(ids.every((id) => id > BigInt(last.id)));
  await again.close();
});

test('who comes back too late, or from before a restart, is told to read anew', async () => {
  const early = await Events.open(mira);
  await mira.openCase();
  const last = await early.find((event) => event.id, 'any event');
  await early.close();
  await node.stop();
  await node.start();
  const late = await Events.open(mira, last.id);
  await late.find((event) => event.event === 'resync', 'resync');
  await late.close();
});

test('a stream ends with its session', async () => {
  const away = node.client();
  away.authenticator = mira.authenticator;
  await away.signIn();
  const stream = await Events.open(away);
  assert.equal(stream.answer.status, 200);
  await away.call('DELETE', '/me/session');
  await waitFor(() => stream.ended, 'the stream to end');
});

test('who is taken off a case hears no more of it', async () => {
  const opened = await mira.openCase();
  await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: await idOf(jon) }));
  const stream = await Events.open(jon);
  await mira.confirm(await mira.call('DELETE', `/cases/${opened.id}/members/${await idOf(jon)}`));
  const tag = (await mira.exchange('GET', `/cases/${opened.id}`)).headers.get('etag');
  await mira.call('PATCH', `/cases/${opened.id}`, { body: { title: 'Later' }, headers: { 'If-Match': tag } });
  const marker = await jon.openCase();
  const live = stream.ended ? await Events.open(jon) : stream;
  if (live === stream) await live.find((event) => event.data?.space === marker.id, 'a later event of an own case').catch(() => assert.ok(stream.ended));
  assert.ok(!live.list.some((event) => event.data?.type === 'case.corrected' && event.data.space === opened.id));
  await live.close();
});

test('nobody is told nothing', async () => {
  const answer = await node.client().exchange('GET', '/events');
  assert.equal(answer.status, 401);
});

test('an administrator hears of people; others do not', async () => {
  const [admin, other] = [await Events.open(mira), await Events.open(jon)];
  const made = await mira.post('/invitations', { name: 'Sefa Orun', roles: ['clerk'], admin: false });
  await admin.find((one) => one.event === 'people.changed' && [made.id, made.person].includes(one.data.id), 'people.changed');
  assert.ok(!other.list.some((one) => one.event === 'people.changed'));
  await Promise.all([admin.close(), other.close()]);
});

test('a stream ends with the token that opened it', async () => {
  const made = await mira.post('/tokens', { name: 'Listening script', scopes: ['cases:read'] });
  const stream = await Events.open(Object.assign(node.client(), { token: made.token }));
  assert.equal(stream.answer.status, 200);
  await mira.call('DELETE', `/tokens/${made.id}`);
  await waitFor(() => stream.ended, 'the stream to end').finally(() => stream.close());
});

test('a token that may not read cases hears nothing of them', async () => {
  const stream = await Events.open(await node.machine('Reads files only', 'evidence:read'));
  await stream.close();
  assert.equal(stream.answer.status, 403);
});
