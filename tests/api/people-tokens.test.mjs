// Machine clients: a token does what its scopes say, until it ends or is revoked.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const admin = await node.person('Ada Verhoeven', ['investigator'], true);

async function machine(name, ...scopes) {
  const made = await admin.post('/tokens', { name, scopes });
  return Object.assign(node.client(), { token: made.token, made });
}

test('a token is shown once, listed without its secret, and revoked at once', async () => {
  const robot = await machine('Intake robot', 'all');
  assert.match(robot.token, /^cmty_/);
  const me = await robot.get('/me');
  assert.equal(me.person.name, 'Intake robot');
  assert.equal(me.session, null);
  const listed = (await admin.get('/tokens')).items.find((item) => item.id === robot.made.id);
  assert.deepEqual(listed.scopes, robot.made.scopes);
  assert.ok(listed.person.machine);
  assert.ok(!JSON.stringify(listed).includes(robot.token.slice(5)));
  await admin.call('DELETE', `/tokens/${robot.made.id}`);
  await refused(robot.get('/me'), 401, 'session.none');
  await refused(admin.call('DELETE', `/tokens/${robot.made.id}`), 404);
});

test('the last use is remembered', async () => {
  const robot = await machine('Often used', 'cases:read');
  await robot.get('/cases');
  const listed = (await admin.get('/tokens')).items.find((item) => item.id === robot.made.id);
  assert.ok(Math.abs(Date.parse(listed.last_used) - Date.now()) < 120_000, listed.last_used);
});

test('each scope opens its part and no other', async () => {
  const all = await machine('Does all', 'all');
  const opened = await all.openCase();
  const exhibit = await all.addExhibit(opened.id, { 'note.txt': Buffer.from('A note.') });
  const person = (await all.get('/me')).person.id;
  const upload = { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '0', 'Upload-Metadata': `filename ${btoa('x')},space ${btoa(opened.id)}` } };
  const doors = {
    'cases:read': (client) => client.exchange('GET', `/cases/${opened.id}`),
    'cases:write': (client) => client.exchange('POST', '/cases', { body: { title: 'By scope' } }),
    'evidence:read': (client) => client.exchange('GET', `/spaces/${opened.id}/evidence/${exhibit.id}`),
    'evidence:write': (client) => client.exchange('POST', '/uploads', upload),
    export: (client) => client.exchange('POST', `/spaces/${opened.id}/exports`, { body: { exhibits: [exhibit.id], readings: false } }),
  };
  for (const scope of Object.keys(doors)) {
    const one = Object.assign(node.client(), { token: (await admin.post('/tokens', { name: `Only ${scope}`, person, scopes: [scope] })).token });
    for (const [door, knock] of Object.entries(doors)) {
      const answer = await knock(one);
      if (door === scope) assert.ok(answer.status < 300, `${scope} at ${door}: ${answer.status} ${JSON.stringify(answer.body)}`);
      else {
        assert.equal(answer.status, 403, `${scope} at ${door}`);
        assert.equal(answer.body.code, 'token.scope');
      }
    }
  }
});

test('a token with every scope of an administrator administers; with fewer it does not', async () => {
  const id = (await admin.get('/me')).person.id;
  const whole = Object.assign(node.client(), { token: (await admin.post('/tokens', { name: 'Whole', person: id, scopes: ['all'] })).token });
  const part = Object.assign(node.client(), { token: (await admin.post('/tokens', { name: 'Part', person: id, scopes: ['cases:read', 'export'] })).token });
  assert.ok((await whole.get('/people')).items.length > 0);
  await refused(part.get('/people'), 403, 'person.not_administrator');
});

test('a token ends when it was said to, within two years; scopes are known ones', async () => {
  const at = (ms) => new Date(Date.now() + ms).toISOString();
  const day = 86_400_000;
  const made = await admin.post('/tokens', { name: 'Short', scopes: ['cases:read'], expires: at(day) });
  assert.ok(Math.abs(Date.parse(made.expires) - Date.now() - day) < 60_000);
  const year = await admin.post('/tokens', { name: 'Default', scopes: ['cases:read'] });
  assert.ok(Math.abs(Date.parse(year.expires) - Date.now() - 365 * day) < 2 * day, year.expires);
  await refused(admin.post('/tokens', { name: 'Past', scopes: ['cases:read'], expires: at(-1000) }), 422, 'token.expires');
  await refused(admin.post('/tokens', { name: 'Long', scopes: ['cases:read'], expires: at(800 * day) }), 422, 'token.expires');
  await refused(admin.post('/tokens', { name: 'Odd', scopes: ['cases:burn'] }), 422, 'token.unknown_scope');
  await refused(admin.post('/tokens', { name: 'None', scopes: [] }), 422);
  await refused(admin.post('/tokens', { name: 'Nobody', person: '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa', scopes: ['all'] }), 404);
});

test('the command line makes one for a person of exactly that name, or a machine person', async () => {
  const first = Object.assign(node.client(), { token: await node.token('Night import', 'cases:read', 'cases:write') });
  const second = Object.assign(node.client(), { token: await node.token('Night import', 'evidence:read') });
  assert.equal((await first.get('/me')).person.id, (await second.get('/me')).person.id, 'one person, two tokens');
  const adas = Object.assign(node.client(), { token: await node.token('Ada Verhoeven', 'cases:read') });
  assert.equal((await adas.get('/me')).person.id, (await admin.get('/me')).person.id);
});
