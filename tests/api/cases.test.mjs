// A case from its first day to its last: opened, corrected as it was read, closed, opened again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const jon = await node.person('Jon Arvik', ['prosecutor']);

/** Lets somebody in, confirmed. */
async function join(client, opened, newcomer, roles) {
  const person = (await newcomer.get('/me')).person.id;
  return client.confirm(await client.post(`/cases/${opened.id}/members`, { person, ...(roles ? { roles } : {}) }));
}

test('a case is opened; whoever opens it is its first member', async () => {
  const answer = await mira.exchange('POST', '/cases', { body: { reference: '2026/114', title: 'Harbour hotel', offence: 'Trafficking in persons', summary: 'Workers held in a hotel.' } });
  assert.equal(answer.status, 201);
  const opened = answer.body;
  assert.equal(answer.headers.get('location'), `/api/v1/cases/${opened.id}`);
  assert.ok(answer.headers.get('etag'));
  assert.equal(opened.status, 'open');
  assert.equal(opened.members, 1);
  assert.equal(opened.exhibits, 0);
  assert.deepEqual(opened.my_roles, ['investigator']);
  assert.deepEqual(opened.parties.map((party) => [party.node, party.letter, party.country]), [[node.name, 'A', 'AV']]);
  assert.deepEqual(opened.may, { edit: true, add_evidence: true, add_member: true, export: true, close: false, seal: true });
  assert.deepEqual(await mira.get(`/cases/${opened.id}`), opened);
  const { items } = await mira.get(`/cases/${opened.id}/members`);
  assert.equal(items.length, 1);
  assert.equal(items[0].person.name, 'Mira Tellan');
  assert.equal(items[0].proof.state, 'proven');
});

test('without a reference the node gives the next of the year', async () => {
  const year = new Date().getUTCFullYear();
  const first = await mira.post('/cases', { title: 'One' });
  const second = await mira.post('/cases', { title: 'Two' });
  assert.match(first.reference, new RegExp(`^AV-${year}-[0-9]{4}$`));
  assert.notEqual(first.reference, second.reference);
});

test('a case keeps the rules of its fields', async () => {
  for (const [body, pointer] of [
    [{}, '/title'],
    [{ title: '' }, '/title'],
    [{ title: 'x'.repeat(201) }, '/title'],
    [{ title: 7 }, '/title'],
    [{ title: 'x', summary: 'y'.repeat(4001) }, '/summary'],
    [{ title: 'x', reference: '' }, '/reference'],
    [{ title: 'x', colour: 'red' }, '/colour'],
  ]) {
    const problem = await refused(mira.post('/cases', body), 422);
    assert.equal(problem.pointer, pointer, JSON.stringify(body));
    assert.ok(problem.detail.length > 10 && problem.request_id, problem.detail);
  }
  for (const text of ['{', '[]', '"text"', '{"title":"a","title":"b"}', '{"title":1.5}', '{"title":"\\ud800"}', '{"title":"\\u0000"}']) {
    const answer = await mira.exchange('POST', '/cases', { body: text, type: 'application/json' });
    assert.ok([400, 422].includes(answer.status), `${text}: ${answer.status}`);
  }
  const form = await mira.exchange('POST', '/cases', { body: 'title=x', type: 'application/x-www-form-urlencoded' });
  assert.equal(form.status, 415);
});

test('a case is corrected only as it was read, and the correction stays in the record', async () => {
  const opened = await mira.openCase({ title: 'Lantrn' });
  const read = await mira.exchange('GET', `/cases/${opened.id}`);
  const tag = read.headers.get('etag');
  await refused(mira.call('PATCH', `/cases/${opened.id}`, { body: { title: 'Lantern' } }), 428);
  const corrected = await mira.exchange('PATCH', `/cases/${opened.id}`, { body: { title: 'Lantern' }, headers: { 'If-Match': tag } });
  assert.equal(corrected.status, 200);
  assert.equal(corrected.body.title, 'Lantern');
  assert.notEqual(corrected.headers.get('etag'), tag);
  await refused(mira.call('PATCH', `/cases/${opened.id}`, { body: { title: 'Late' }, headers: { 'If-Match': tag } }), 412);
  await refused(mira.call('PATCH', `/cases/${opened.id}`, { body: {}, headers: { 'If-Match': corrected.headers.get('etag') } }), 400, 'body.empty');
  await refused(mira.call('PATCH', `/cases/${opened.id}`, { body: { status: 'closed' }, headers: { 'If-Match': corrected.headers.get('etag') } }), 422);
  const unchanged = await mira.exchange('GET', `/cases/${opened.id}`, { headers: { 'If-None-Match': corrected.headers.get('etag') } });
  assert.equal(unchanged.status, 304);
  const records = (await mira.get(`/spaces/${opened.id}/records?type=case`)).items;
  assert.deepEqual(records.map((record) => record.type), ['case.corrected/1', 'case.opened/1']);
});

test('two who correct at the same moment do not overwrite each other', async () => {
  const opened = await mira.openCase();
  await join(mira, opened, jon);
  const tag = (await mira.exchange('GET', `/cases/${opened.id}`)).headers.get('etag');
  const both = await Promise.all(
    [mira, jon].map((client, n) => client.exchange('PATCH', `/cases/${opened.id}`, { body: { title: `Title ${n}` }, headers: { 'If-Match': tag } })),
  );
  const statuses = both.map((answer) => answer.status).toSorted();
  const now = await mira.get(`/cases/${opened.id}`);
  if (statuses[1] === 412) assert.equal(now.title, both.find((answer) => answer.status === 200).body.title);
  else assert.deepEqual(now.contested.title.toSorted(), ['Title 0', 'Title 1'], 'both stand until somebody settles it');
});

test('a prosecutor closes a case; nothing but reading, exporting and reopening goes on in it', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'note.txt': Buffer.from('A note.') });
  await join(mira, opened, jon);
  await refused(mira.post(`/cases/${opened.id}/close`, { reason: 'Done.' }), 403);
  await refused(jon.post(`/cases/${opened.id}/close`, {}), 422);
  await refused(jon.post(`/cases/${opened.id}/reopen`, { reason: 'Not closed.' }), 409, 'case.status');
  const begun = await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { reason: 'Begun in time.' });
  const closed = await jon.post(`/cases/${opened.id}/close`, { reason: 'Judgment is final.' });
  assert.equal(closed.status, 'closed');
  assert.deepEqual(closed.may, { edit: false, add_evidence: false, add_member: false, export: true, close: true, seal: false });
  await refused(jon.post(`/cases/${opened.id}/close`, { reason: 'Twice.' }), 409, 'case.status');

  const tag = (await mira.exchange('GET', `/cases/${opened.id}`)).headers.get('etag');
  await refused(mira.call('PATCH', `/cases/${opened.id}`, { body: { title: 'New' }, headers: { 'If-Match': tag } }), 409, 'case.closed');
  const upload = await mira.upload(opened.id, 'late.txt', Buffer.from('late')).catch((error) => error);
  if (typeof upload === 'string')
    await refused(mira.post(`/spaces/${opened.id}/evidence`, { title: 'Late', type: 'other', obtained: { how: 'other' }, uploads: [upload] }), 409, 'case.closed');
  await refused(mira.post(`/cases/${opened.id}/members`, { person: (await jon.get('/me')).person.id }), 409, 'case.closed');
  await refused(mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { reason: 'Late.' }), 409, 'case.closed');
  await refused(mira.confirm(begun), 409, 'case.closed', 'a confirmation that began before does not outlive the case');
  assert.equal((await mira.fetchFile(opened.id, exhibit.id)).body.toString(), 'A note.');

  assert.deepEqual((await mira.get('/cases?status=closed')).items.map((item) => item.id), [opened.id]);
  assert.equal((await jon.post(`/cases/${opened.id}/reopen`, { reason: 'An appeal.' })).status, 'open');
  const again = await mira.exchange('GET', `/cases/${opened.id}`);
  assert.equal((await mira.exchange('PATCH', `/cases/${opened.id}`, { body: { title: 'New' }, headers: { 'If-Match': again.headers.get('etag') } })).status, 200);
});

test('who has no role for it opens no case', async () => {
  for (const role of ['clerk', 'defence', 'auditor']) {
    const other = await node.person(`A ${role}`, [role]);
    await refused(other.openCase(), 403, 'case.open_role');
    assert.equal((await other.get('/me')).may['case.create'], false);
  }
});
