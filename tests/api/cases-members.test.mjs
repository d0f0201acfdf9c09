// Who works on a case: let in and taken off by a confirmed act; what outsiders and auditors see.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const jon = await node.person('Jon Arvik', ['prosecutor', 'investigator']);
const sefa = await node.person('Sefa Orun', ['clerk']);
const idOf = async (client) => (await client.get('/me')).person.id;
const ask = async (opened, person, roles) => mira.post(`/cases/${opened.id}/members`, { person: await idOf(person), ...(roles ? { roles } : {}) });

test('letting somebody in says exactly what is confirmed, and does nothing before', async () => {
  const opened = await mira.openCase({ reference: '2026/7', title: 'Lantern' });
  const asked = await ask(opened, jon, ['prosecutor']);
  const { confirm } = asked;
  assert.equal(confirm.type, 'member.added/1');
  assert.equal(confirm.sentence.code, 'member.added');
  assert.deepEqual(confirm.sentence.values, { name: 'Jon Arvik', roles: ['prosecutor'], reference: '2026/7', title: 'Lantern' });
  assert.equal(confirm.rp_id, 'localhost');
  assert.deepEqual(confirm.credentials, [...mira.authenticator.credentials.keys()]);
  const act = Buffer.from(confirm.act, 'base64url');
  assert.equal(JSON.parse(act).type, 'member.added/1');
  assert.equal(createHash('sha256').update('comity/act/v1\0').update(act).digest('base64url'), confirm.challenge, 'the challenge is over the bytes of the act');
  assert.equal((await mira.get(`/cases/${opened.id}`)).members, 1);
  await refused(jon.get(`/cases/${opened.id}`), 404);

  const member = await mira.confirm(asked);
  assert.equal(member.person.name, 'Jon Arvik');
  assert.equal(member.person.id, await idOf(jon));
  assert.deepEqual(member.roles, ['prosecutor']);
  assert.equal(member.added_by.name, 'Mira Tellan');
  assert.deepEqual((await jon.get(`/cases/${opened.id}`)).my_roles, ['prosecutor'], 'only the roles that were given here');
  const [record] = (await mira.get(`/spaces/${opened.id}/records?type=member.added/1`)).items;
  assert.equal(record.confirmed, 'person');
  const whole = await mira.get(`/spaces/${opened.id}/records/${record.leaf}`);
  assert.equal(whole.bytes.act, confirm.act, 'what was confirmed is what was stored');
});

test('a confirmation that does not fit does nothing; the right one still counts', async () => {
  const opened = await mira.openCase();
  const asked = await ask(opened, jon);
  await refused(mira.confirm(asked, { flipSignature: true }), 403, 'confirmation.refused');
  await refused(mira.confirm(asked, { flags: 0x01 }), 403, 'confirmation.refused');
  await refused(mira.confirm(asked, { type: 'webauthn.create' }), 403, 'confirmation.refused');
  const otherBytes = { confirm: { ...asked.confirm, challenge: createHash('sha256').update('comity/act/v1\0{}').digest('base64url') } };
  await refused(mira.confirm(otherBytes), 403, 'confirmation.refused', 'the signature is over other bytes');
  assert.equal((await mira.get(`/cases/${opened.id}`)).members, 1);
  assert.equal((await mira.confirm(asked)).person.name, 'Jon Arvik');
  await refused(mira.confirm(asked), 410, 'confirmation.gone');
});

test('a sign-in can never become an act: its challenge is of another domain', async () => {
  const opened = await mira.openCase();
  const asked = await ask(opened, jon);
  const { challenge } = await node.client().post('/sign-in/challenge');
  await refused(mira.call('PUT', `/confirmations/${asked.confirm.id}`, { body: mira.authenticator.get(challenge) }), 403, 'confirmation.refused');
});

test('nobody confirms for somebody else, neither with their own passkey nor with their session', async () => {
  const opened = await mira.openCase();
  const asked = await ask(opened, jon);
  await refused(jon.confirm(asked), 410, 'confirmation.gone');
  const body = jon.authenticator.get(asked.confirm.challenge);
  await refused(mira.call('PUT', `/confirmations/${asked.confirm.id}`, { body }), 403, 'confirmation.refused');
  assert.equal((await mira.get(`/cases/${opened.id}`)).members, 1);
});

test('five wrong answers end it, and so does dropping it', async () => {
  const opened = await mira.openCase();
  const guessed = await ask(opened, jon);
  for (let n = 0; n < 5; n++) await refused(mira.confirm(guessed, { flipSignature: true }), 403, 'confirmation.refused');
  await refused(mira.confirm(guessed), 410, 'confirmation.gone');
  const dropped = await ask(opened, jon);
  await refused(jon.call('DELETE', `/confirmations/${dropped.confirm.id}`), 410);
  await mira.call('DELETE', `/confirmations/${dropped.confirm.id}`);
  await refused(mira.confirm(dropped), 410, 'confirmation.gone');
});

test('where the case moved on meanwhile nothing is done: the person looks again', async () => {
  const opened = await mira.openCase();
  const asked = await ask(opened, jon);
  const tag = (await mira.exchange('GET', `/cases/${opened.id}`)).headers.get('etag');
  await mira.call('PATCH', `/cases/${opened.id}`, { body: { title: 'Moved on' }, headers: { 'If-Match': tag } });
  await refused(mira.confirm(asked), 409, 'confirmation.moved');
  assert.equal((await mira.get(`/cases/${opened.id}`)).members, 1);
});

test('nobody is let in twice, nor in a role that they do not have, nor as a stranger', async () => {
  const opened = await mira.openCase();
  await mira.confirm(await ask(opened, jon));
  await refused(ask(opened, jon), 409, 'member.already');
  await refused(ask(opened, sefa, ['prosecutor']), 422, 'member.role');
  await refused(mira.post(`/cases/${opened.id}/members`, { person: '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa' }), 404, 'person.not_found');
  await refused(mira.post(`/cases/${opened.id}/members`, {}), 422, 'member.person');
});

test('who is taken off sees the case no more; the last member stays', async () => {
  const opened = await mira.openCase();
  await refused(mira.call('DELETE', `/cases/${opened.id}/members/${await idOf(mira)}`), 409, 'member.last');
  await mira.confirm(await ask(opened, jon));
  assert.equal((await jon.get('/cases')).items.filter((item) => item.id === opened.id).length, 1);
  const asked = await mira.call('DELETE', `/cases/${opened.id}/members/${await idOf(jon)}`);
  assert.equal(asked.confirm.type, 'member.removed/1');
  assert.ok(await jon.get(`/cases/${opened.id}`), 'nothing has happened yet');
  assert.equal((await mira.confirm(asked)).person.name, 'Jon Arvik');
  await refused(jon.get(`/cases/${opened.id}`), 404);
  await refused(mira.call('DELETE', `/cases/${opened.id}/members/${await idOf(jon)}`), 404, 'member.not_found');
  assert.equal((await mira.confirm(await ask(opened, jon))).person.name, 'Jon Arvik', 'and may come back');
});

test('a clerk of the case lets nobody in, and an outsider is told nothing', async () => {
  const opened = await mira.openCase();
  await mira.confirm(await ask(opened, sefa));
  await refused(sefa.post(`/cases/${opened.id}/members`, { person: await idOf(jon) }), 403);
  const absent = '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa';
  for (const path of [`/cases/$`, `/cases/$/members`, `/spaces/$/evidence`, `/spaces/$/records`, `/spaces/$/exports`]) {
    const hidden = await refused(jon.get(path.replace('$', opened.id)), 404);
    const missing = await refused(jon.get(path.replace('$', absent)), 404);
    assert.deepEqual([hidden.code, hidden.detail], [missing.code, missing.detail], `${path}: not for you looks like not there`);
  }
});

test('an auditor sees the record of every case, and no content of an exhibit', async () => {
  const auditor = await node.person('Ada Verhoeven', ['auditor']);
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'secret.txt': Buffer.from('The content.') });
  assert.ok((await auditor.get('/cases')).items.some((item) => item.id === opened.id));
  assert.deepEqual((await auditor.get('/cases?member=me')).items, []);
  const seen = await auditor.get(`/cases/${opened.id}`);
  assert.deepEqual(seen.my_roles, []);
  assert.ok(Object.values(seen.may).every((may) => may === false), JSON.stringify(seen.may));
  assert.ok((await auditor.get(`/spaces/${opened.id}/records`)).items.length >= 3);
  const look = await auditor.get(`/spaces/${opened.id}/evidence/${exhibit.id}`);
  assert.equal(look.may.open, false);
  await refused(auditor.post(`/spaces/${opened.id}/evidence/${exhibit.id}/readings`, { what: 'opened', files: [1] }), 404);
  await refused(auditor.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false }), 404);
  await refused(auditor.post(`/cases/${opened.id}/members`, { person: await idOf(auditor) }), 404);
});

test('a machine acts at once, and the record says that no person confirmed it', async () => {
  const machine = await node.machine('Register', 'all');
  const opened = await machine.openCase();
  const added = await machine.exchange('POST', `/cases/${opened.id}/members`, { body: { person: await idOf(jon) } });
  assert.equal(added.status, 201);
  const [record] = (await machine.get(`/spaces/${opened.id}/records?type=member.added/1`)).items;
  assert.equal(record.confirmed, 'machine');
  assert.ok(record.by.machine);
  await refused(machine.call('DELETE', `/cases/${opened.id}/members/${await idOf(jon)}`), 409, 'member.last', 'a person stays');
  await machine.post(`/cases/${opened.id}/members`, { person: await idOf(sefa) });
  assert.equal((await machine.exchange('DELETE', `/cases/${opened.id}/members/${await idOf(jon)}`)).status, 200);
  assert.equal((await machine.exchange('DELETE', `/cases/${opened.id}/members/${await idOf(machine)}`)).status, 200, 'a machine may always go');
  await refused(machine.get(`/cases/${opened.id}`), 404);
});
