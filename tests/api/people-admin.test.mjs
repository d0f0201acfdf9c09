// An administrator's work: people, their roles, invitations; what everybody may know of colleagues.
import assert from 'node:assert/strict';
import test from 'node:test';
import { everyPage, refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const admin = await node.person('Ada Verhoeven', [], true);
const idOf = async (client) => (await client.get('/me')).person.id;

async function change(id, body) {
  const read = await admin.exchange('GET', `/people/${id}`);
  return admin.call('PATCH', `/people/${id}`, { body, headers: { 'If-Match': read.headers.get('etag') } });
}

test('people are listed with state, roles and when they were last seen', async () => {
  const made = await admin.post('/invitations', { name: 'Jon Arvik', title: 'Prosecutor', affiliation: 'Office of the Prosecutor', roles: ['prosecutor'], admin: false });
  const mira = await node.person('Mira Tellan', ['investigator']);
  const all = await everyPage(admin, '/people?limit=1');
  const byName = Object.fromEntries(all.map((person) => [person.name, person]));
  assert.equal(byName['Jon Arvik'].state, 'invited');
  assert.equal(byName['Jon Arvik'].last_seen, null);
  assert.equal(byName['Jon Arvik'].affiliation, 'Office of the Prosecutor');
  assert.equal(byName['Mira Tellan'].state, 'active');
  assert.equal(byName['Mira Tellan'].passkeys, 1);
  assert.ok(byName['Mira Tellan'].last_seen);
  assert.deepEqual((await admin.get('/people?state=invited')).items.map((person) => person.name), ['Jon Arvik']);
  assert.deepEqual((await admin.get('/people?role=investigator')).items.map((person) => person.name), ['Mira Tellan']);
  assert.deepEqual((await admin.get('/people?q=arv')).items.map((person) => person.name), ['Jon Arvik']);
  await refused(admin.get('/people?role=king'), 422, 'list.filter');
  await refused(admin.get('/people?colour=red'), 400, 'query.unknown');
  const open = (await admin.get('/invitations?state=open')).items;
  assert.deepEqual(open.map((item) => item.id), [made.id]);
  assert.ok(!JSON.stringify(open).includes(made.link.split('#')[1]), 'the secret is shown once');
  assert.ok((await mira.get('/directory')).items.some((person) => person.name === 'Ada Verhoeven'));
});

test('a person is corrected only as it was read', async () => {
  const ilse = await node.person('Ilse Brnd', ['clerk']);
  const id = await idOf(ilse);
  const read = await admin.exchange('GET', `/people/${id}`);
  const tag = read.headers.get('etag');
  await refused(admin.call('PATCH', `/people/${id}`, { body: { name: 'Ilse Brand' } }), 428);
  const changed = await admin.exchange('PATCH', `/people/${id}`, { body: { name: 'Ilse Brand' }, headers: { 'If-Match': tag } });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.name, 'Ilse Brand');
  assert.equal(read.body.renamed, undefined);
  assert.equal(changed.body.renamed.by.name, 'Ada Verhoeven', 'who changed the name is said');
  assert.deepEqual((await change(id, { title: 'Registrar' })).renamed, changed.body.renamed, 'another change is no renaming');
  await refused(admin.call('PATCH', `/people/${id}`, { body: { title: 'Late' }, headers: { 'If-Match': tag } }), 412);
  assert.equal((await ilse.get('/me')).person.name, 'Ilse Brand');
  const bad = await refused(change(id, { roles: ['king'] }), 422);
  assert.match(bad.pointer, /^\/roles/);
  await refused(change(id, {}), 400, 'body.empty');
  await refused(change(id, { colour: 'red' }), 422);
});

test('changed roles count at once', async () => {
  const sefa = await node.person('Sefa Orun', ['clerk']);
  await refused(sefa.openCase(), 403, 'case.open_role');
  await change(await idOf(sefa), { roles: ['clerk', 'investigator'] });
  assert.ok((await sefa.get('/me')).may['case.create']);
  assert.ok((await sefa.openCase()).id);
});

test('a closed account ends sessions and tokens; what was done stays; opened again the person signs in', async () => {
  const mika = await node.person('Mika Salo', ['investigator']);
  const id = await idOf(mika);
  const opened = await mika.openCase({ title: 'Mika’s case' });
  await refused(admin.post('/tokens', { name: 'Mika’s script', person: id, scopes: ['cases:read'] }), 403, 'token.person');
  const script = node.client();
  script.token = await node.token('Mika Salo', 'cases:read');
  assert.equal((await script.get('/cases')).items.length, 1);

  assert.equal((await admin.post(`/people/${id}/disable`)).state, 'disabled');
  await refused(mika.get('/me'), 401, 'session.none');
  await refused(mika.signIn(), 401, 'sign_in.refused');
  await refused(script.get('/cases'), 401, 'session.none');
  await refused(admin.post(`/people/${id}/disable`), 409, 'person.disabled');
  assert.ok(!(await admin.get('/directory')).items.some((person) => person.id === id));

  assert.equal((await admin.post(`/people/${id}/enable`)).state, 'active');
  await refused(admin.post(`/people/${id}/enable`), 409, 'person.active');
  mika.cookie = '';
  await mika.signIn();
  await refused(script.get('/cases'), 401, 'session.none', 'tokens stay revoked');
  await refused(mika.get(`/cases/${opened.id}`), 404, undefined, 'memberships come back only by a new act');
});

test('nobody closes their own account, and the last administrator stays one', async () => {
  const own = await idOf(admin);
  await refused(admin.post(`/people/${own}/disable`), 409, 'person.self');
  await refused(change(own, { admin: false }), 409, 'person.last_administrator');
  const second = await node.person('Second Administrator', [], true);
  const none = await refused(change(await idOf(second), { admin: false }), 422, 'person.roles');
  assert.equal(none.pointer, '/roles', 'who has no role at all could be introduced nowhere');
  await change(await idOf(second), { roles: ['clerk'] });
  assert.equal((await change(await idOf(second), { admin: false })).admin, false);
  await refused(second.get('/people'), 403, 'person.not_administrator');
});

test('the role matrix is the one by which the ledger judges', async () => {
  const matrix = await admin.get('/roles');
  const row = (type) => matrix.acts.find((act) => act.type === type);
  assert.deepEqual(row('case.closed/1').by, ['prosecutor']);
  assert.deepEqual(row('exhibit.sealed/1').by.toSorted(), ['investigator', 'prosecutor']);
  assert.equal(row('exhibit.sealed/1').confirm, true);
  assert.ok(row('reading.made/1').by.includes('defence'));
  assert.ok(!row('reading.made/1').by.includes('auditor'));
});

test('an invitation breaks no rule', async () => {
  await refused(admin.post('/invitations', { name: '', roles: ['clerk'], admin: false }), 422);
  await refused(admin.post('/invitations', { name: 'X', roles: ['king'], admin: false }), 422);
  await refused(admin.post('/invitations', { name: 'X', roles: [], admin: false }), 422, 'person.roles');
  await refused(admin.post('/invitations', { name: 'X', roles: [], admin: false, colour: 'red' }), 422);
  await refused(admin.post('/invitations', { person: '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa' }), 404);
});
