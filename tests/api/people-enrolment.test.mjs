// From an invitation to a passkey and a session: the link serves once, what is wrong is said, and nothing is enumerated.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Authenticator } from '../support/authenticator.mjs';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const tokenOf = (link) => new URL(link).hash.slice(1);

test('a node without an administrator says so, until the first one has a passkey', async () => {
  assert.deepEqual({ ...(await node.client().get('/node')), version: 'any' }, {
    name: node.name,
    title: 'Prosecution Service of Alvaria',
    country: 'AV',
    origin: node.origin,
    version: 'any',
    test_node: true,
    setup_needed: true,
  });
  const mira = await node.person('Mira Tellan', ['investigator'], true);
  const me = await mira.get('/me');
  assert.equal(me.person.name, 'Mira Tellan');
  assert.deepEqual(me.roles, ['investigator']);
  assert.equal(me.admin, true);
  assert.deepEqual(me.may, { 'case.create': true, 'people.invite': true, 'node.admin': true });
  assert.equal((await node.client().get('/node')).setup_needed, false);
});

test('an invitation shows whom it is for, before anything is asked', async () => {
  const link = await node.invite('Jon Arvik', ['prosecutor']);
  assert.match(link, new RegExp(`^${node.origin}/enrol#[A-Za-z0-9_-]{43}$`), 'the secret is in the fragment, which no log holds');
  const seen = await node.client().post('/enrolment/open', { token: tokenOf(link) });
  assert.equal(seen.name, 'Jon Arvik');
  assert.deepEqual(seen.roles, ['prosecutor']);
  assert.equal(seen.admin, false);
  assert.equal(seen.node.name, node.name);
  const hours = (Date.parse(seen.expires) - Date.now()) / 3_600_000;
  assert.ok(hours > 71.9 && hours <= 72, `72 hours, not ${hours}`);
});

test('whoever is invited reads who invites them; the command line has no name', async () => {
  assert.equal((await node.client().post('/enrolment/open', { token: tokenOf(await node.invite('Lena Corr', ['clerk'])) })).invited_by, null);
  const noor = await node.person('Noor Salim', [], true);
  const { link } = await noor.post('/invitations', { name: 'Omar Haddad', roles: ['clerk'], admin: false });
  assert.equal((await node.client().post('/enrolment/open', { token: tokenOf(link) })).invited_by, 'Noor Salim');
});

test('the link serves once', async () => {
  const token = tokenOf(await node.invite('Sefa Orun', ['clerk']));
  const sefa = node.client();
  sefa.authenticator = new Authenticator(node.origin);
  assert.equal((await sefa.enrol(token)).person.name, 'Sefa Orun');
  assert.equal((await sefa.get('/me')).person.name, 'Sefa Orun', 'enrolling signs in');
  await refused(node.client().post('/enrolment/open', { token }), 410, 'enrolment.used');
  await refused(node.client().post('/enrolment/options', { token }), 410, 'enrolment.used');
  const again = node.client();
  again.authenticator = new Authenticator(node.origin);
  await refused(again.enrol(token), 410, 'enrolment.used');
});

test('a token that this node never made is not found; a malformed one breaks a rule', async () => {
  await refused(node.client().post('/enrolment/open', { token: 'A'.repeat(43) }), 404, 'enrolment.unknown');
  const short = await refused(node.client().post('/enrolment/open', { token: 'short' }), 422);
  assert.equal(short.pointer, '/token');
});

test('what the passkey answers is checked: challenge, origin, kind, and that it was asked by this invitation', async () => {
  const token = tokenOf(await node.invite('Ilse Brand', ['investigator']));
  const other = tokenOf(await node.invite('Other Person', ['investigator']));
  const ask = () => node.client().post('/enrolment/options', { token });
  const answer = (challenge_id, made) => node.client().post('/enrolment', { token, challenge_id, client_data: made.client_data, attestation_object: made.attestation_object });

  const { challenge_id, options } = await ask();
  const elsewhere = new Authenticator('http://localhost:1').create(options);
  await refused(answer(challenge_id, elsewhere), 422, 'passkey.refused');
  const good = new Authenticator(node.origin);
  await refused(answer(challenge_id, good.create(options)), 410, 'challenge.gone', 'a challenge serves once, even after a wrong answer');

  const second = await ask();
  const wrong = good.create({ ...second.options, challenge: Buffer.alloc(32).toString('base64url') });
  await refused(answer(second.challenge_id, wrong), 422, 'passkey.refused');

  const foreign = await node.client().post('/enrolment/options', { token: other });
  await refused(answer(foreign.challenge_id, good.create(foreign.options)), 410, 'challenge.gone');

  const third = await ask();
  assert.equal((await answer(third.challenge_id, good.create(third.options))).person.name, 'Ilse Brand', 'the link is as good as before');
});

test('“that is wrong” tells the administrators, and the link stays as it is', async () => {
  const admin = await node.person('Ada Verhoeven', [], true);
  const made = await admin.post('/invitations', { name: 'Jonn Arvick', title: 'Prosecutor', roles: ['prosecutor'], admin: false });
  const token = tokenOf(made.link);
  await node.client().post('/enrolment/wrong', { token, what: 'My name is written Jon Arvik.' });
  const notices = (await admin.get('/me')).notices;
  assert.ok(notices.some((notice) => notice.code === 'invitation.wrong' && notice.values.invitation === made.id), JSON.stringify(notices));
  const listed = (await admin.get('/invitations?state=open')).items.find((item) => item.id === made.id);
  assert.equal(listed.wrong, 'My name is written Jon Arvik.');
  assert.equal((await node.client().post('/enrolment/open', { token })).name, 'Jonn Arvick');
});

test('an invitation that was withdrawn opens nothing', async () => {
  const admin = await node.person('Admin Two', [], true);
  const made = await admin.post('/invitations', { name: 'Wrong Person', roles: ['clerk'], admin: false });
  await admin.call('DELETE', `/invitations/${made.id}`);
  await refused(node.client().post('/enrolment/open', { token: tokenOf(made.link) }), 410, 'enrolment.withdrawn');
  await refused(admin.call('DELETE', `/invitations/${made.id}`), 409, 'invitation.closed');
  await refused(admin.call('DELETE', '/invitations/0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa'), 404, 'invitation.unknown');
});

test('who lost every passkey gets a new link, and keeps account and roles', async () => {
  const admin = await node.person('Admin Three', [], true);
  const mika = await node.person('Mika Salo', ['investigator', 'prosecutor']);
  const id = (await mika.get('/me')).person.id;
  const made = await admin.post('/invitations', { person: id });
  assert.equal(made.person, id);
  const again = node.client();
  again.authenticator = new Authenticator(node.origin);
  const me = await again.enrol(tokenOf(made.link));
  assert.equal(me.person.id, id);
  assert.deepEqual(me.roles.toSorted(), ['investigator', 'prosecutor']);
  assert.equal((await again.get('/me/passkeys')).items.length, 2);
});
