// A person's own passkeys: several, labelled, removed; the last one stays.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Authenticator } from '../support/authenticator.mjs';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);

async function add(person, authenticator, label) {
  const options = await person.post('/me/passkeys/options');
  const { client_data, attestation_object, transports } = authenticator.create(options);
  return person.post('/me/passkeys', { challenge_id: options.id, client_data, attestation_object, transports, label });
}

test('a second passkey is added, signs in, and confirms', async () => {
  const mira = await node.person('Mira Tellan', ['investigator']);
  const phone = new Authenticator(node.origin);
  const made = await add(mira, phone, 'Phone');
  assert.equal(made.label, 'Phone');
  assert.deepEqual((await mira.get('/me/passkeys')).items.map((item) => item.label), ['Test key', 'Phone']);

  const elsewhere = node.client();
  elsewhere.authenticator = phone;
  await elsewhere.signIn();
  const jon = await node.person('Jon Arvik', ['prosecutor']);
  const opened = await elsewhere.openCase();
  const asked = await elsewhere.post(`/cases/${opened.id}/members`, { person: (await jon.get('/me')).person.id });
  assert.equal(asked.confirm.credentials.length, 2);
  await elsewhere.confirm(asked);
  assert.equal((await elsewhere.get(`/cases/${opened.id}`)).members, 2);
});

test('what is offered names the algorithms, asks for a discoverable and verified one, and excludes those that exist', async () => {
  const mira = await node.person('Mira Two');
  const options = await mira.post('/me/passkeys/options');
  assert.deepEqual(options.pubKeyCredParams.map((one) => one.alg), [-8, -7, -257]);
  assert.equal(options.authenticatorSelection.residentKey, 'required');
  assert.equal(options.authenticatorSelection.userVerification, 'required');
  assert.equal(options.attestation, 'none');
  assert.deepEqual(options.excludeCredentials.map((one) => one.id), [...mira.authenticator.credentials.keys()]);
  assert.equal(options.rp.id, 'localhost');
});

test('the same passkey is not enrolled twice, and a challenge of somebody else is none', async () => {
  const mira = await node.person('Mira Three');
  const jon = await node.person('Jon Three');
  const options = await mira.post('/me/passkeys/options');
  const made = new Authenticator(node.origin).create(options);
  const body = { challenge_id: options.id, client_data: made.client_data, attestation_object: made.attestation_object, label: 'Key' };
  await refused(jon.post('/me/passkeys', body), 410, 'challenge.gone');
  await refused(mira.post('/me/passkeys', body), 410, 'challenge.gone', 'taken is taken');
});

test('a passkey is given another label and removed; sessions that it opened end; the last one stays', async () => {
  const mira = await node.person('Mira Four');
  const phone = new Authenticator(node.origin);
  const made = await add(mira, phone, 'Phone');
  const renamed = await mira.call('PATCH', `/me/passkeys/${made.id}`, { body: { label: 'Old phone' } });
  assert.equal(renamed.label, 'Old phone');

  const onPhone = node.client();
  onPhone.authenticator = phone;
  await onPhone.signIn();
  await mira.call('DELETE', `/me/passkeys/${made.id}`);
  await refused(onPhone.get('/me'), 401, 'session.none');
  await refused(onPhone.signIn(), 401, 'sign_in.refused');

  const [first] = (await mira.get('/me/passkeys')).items;
  await refused(mira.call('DELETE', `/me/passkeys/${first.id}`), 409, 'passkey.last');
  await refused(mira.call('DELETE', `/me/passkeys/${made.id}`), 404, 'passkey.unknown');
  await refused(mira.call('PATCH', `/me/passkeys/${made.id}`, { body: { label: 'x' } }), 404, 'passkey.unknown');
});

test('nobody touches somebody else’s passkey', async () => {
  const mira = await node.person('Mira Five');
  const jon = await node.person('Jon Five');
  const [theirs] = (await mira.get('/me/passkeys')).items;
  await refused(jon.call('DELETE', `/me/passkeys/${theirs.id}`), 404, 'passkey.unknown');
  await refused(jon.call('PATCH', `/me/passkeys/${theirs.id}`, { body: { label: 'Mine' } }), 404, 'passkey.unknown');
});

test('a token has no passkeys of its own to add', async () => {
  const machine = await node.machine();
  await refused(machine.post('/me/passkeys/options'), 403, 'session.needed');
  await refused(machine.get('/me/sessions'), 403, 'session.needed');
  await refused(machine.call('DELETE', '/me/session'), 403, 'session.needed');
});
