// Each endpoint by each kind of caller: nobody, somebody of another case, somebody without the role, one who may.
import assert from 'node:assert/strict';
import test from 'node:test';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const admin = await node.person('Ada Verhoeven', [], true);
const mira = await node.person('Mira Tellan', ['investigator', 'prosecutor']);
const stranger = await node.person('Stranger', ['investigator', 'prosecutor']);
const lawyer = await node.person('Ilse Brand', ['defence']);
const nobody = node.client();
const ABSENT = '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa';

const opened = await mira.openCase();
const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
const lawyerId = (await lawyer.get('/me')).person.id;
await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: lawyerId }));
const exported = await mira.confirm(await mira.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false }));
const [record] = (await mira.get(`/spaces/${opened.id}/records`)).items;
const upload = await mira.upload(opened.id, 'b.txt', Buffer.from('b'));
const TUS = { 'Tus-Resumable': '1.0.0' };
const begin = { headers: { ...TUS, 'Upload-Length': '3', 'Upload-Metadata': `filename ${btoa('c')},space ${btoa(opened.id)}` } };

const space = `/spaces/${opened.id}`;
const one = `${space}/evidence/${exhibit.id}`;
const facts = { title: 'B', type: 'other', obtained: { how: 'other' }, uploads: [upload] };
const tagOf = async (client, path) => ({ 'If-Match': (await client.exchange('GET', path)).headers.get('etag') ?? '"none"' });

/** [method, path, options, foreign, without the role, good]: the status for a stranger, for the lawyer of the case, for Mira. */
const inCase = [
  ['GET', `/cases/${opened.id}`, {}, 404, 200, 200],
  ['GET', `/cases/${opened.id}/members`, {}, 404, 200, 200],
  ['PATCH', `/cases/${opened.id}`, { body: { title: 'New' }, tag: `/cases/${opened.id}` }, 404, 403, 200],
  ['POST', `/cases/${opened.id}/members`, { body: { person: ABSENT } }, 404, [403, 404], 404],
  ['DELETE', `/cases/${opened.id}/members/${lawyerId}`, {}, 404, 403, 202],
  ['GET', `${space}/evidence`, {}, 404, 200, 200],
  ['GET', one, {}, 404, 200, 200],
  ['GET', `${one}/proof`, {}, 404, 200, 200],
  ['POST', `${one}/readings`, { body: { what: 'opened', files: [1] } }, 404, 201, 201],
  ['POST', `${one}/check`, {}, 404, 202, 202],
  ['POST', '/uploads', begin, 404, 403, 201],
  ['POST', `${space}/evidence`, { body: facts }, 404, [403, 404], 201],
  ['POST', `${one}/files`, { body: { uploads: [upload] } }, 404, [403, 404, 409], 409],
  ['PATCH', one, { body: { title: 'B', reason: 'Better.' }, tag: one }, 404, 403, 200],
  ['GET', `${space}/records`, {}, 404, 200, 200],
  ['GET', `${space}/records/${record.leaf}`, {}, 404, 200, 200],
  ['GET', `${space}/exports`, {}, 404, 200, 200],
  ['GET', `/exports/${exported.id}`, {}, 404, 200, 200],
  ['GET', `/exports/${exported.id}/file`, { raw: true }, 404, 403, [200, 409]],
  ['POST', `${space}/exports`, { body: { exhibits: null, readings: false } }, 404, 403, 202],
  ['POST', `${one}/seal`, { body: { reason: 'Closed.' } }, 404, 403, 202],
  ['DELETE', `/exports/${exported.id}`, {}, 404, 403, 204],
  ['POST', `/cases/${opened.id}/close`, { body: { reason: 'Done.' } }, 404, 403, 200],
  ['POST', `/cases/${opened.id}/reopen`, { body: { reason: 'Again.' } }, 404, 403, 200],
];

const call = async (client, [method, path, { tag, ...options }]) => client.exchange(method, path, { ...options, headers: { ...options.headers, ...(tag ? await tagOf(client, tag) : {}) } });
const fits = (status, expected) => [expected].flat().includes(status);

test('what lies in a case: nobody 401, a stranger 404, without the role 403, and who may', async () => {
  for (const row of inCase) {
    const [method, path, , foreign, without, good] = row;
    const statuses = [];
    for (const [client, expected] of [[nobody, 401], [stranger, foreign], [lawyer, without], [mira, good]]) {
      const answer = await call(client, row);
      statuses.push(answer.status);
      assert.ok(fits(answer.status, expected), `${method} ${path}: ${statuses} ${JSON.stringify(answer.body)}`);
      if (answer.status >= 400) assert.ok(answer.body.detail.length > 10 && answer.body.request_id, JSON.stringify(answer.body));
    }
  }
});

test('what is the administrator’s: nobody 401, everybody else 403', async () => {
  for (const [method, path, body, good] of [
    ['GET', '/people', undefined, 200],
    ['GET', `/people/${lawyerId}`, undefined, 200],
    ['POST', '/invitations', { name: 'X', roles: ['clerk'], admin: false }, 201],
    ['GET', '/invitations', undefined, 200],
    ['DELETE', `/invitations/${ABSENT}`, undefined, 404],
    ['GET', '/tokens', undefined, 200],
    ['POST', '/tokens', { name: 'X', scopes: ['cases:read'] }, 201],
    ['DELETE', `/tokens/${ABSENT}`, undefined, 404],
    ['POST', `/people/${ABSENT}/disable`, undefined, 404],
    ['POST', `/people/${ABSENT}/enable`, undefined, 404],
    ['GET', '/node/status', undefined, 200],
    ['POST', '/node/audit', undefined, 202],
  ]) {
    for (const [client, expected] of [[nobody, 401], [mira, 403], [admin, good]]) {
      const answer = await client.exchange(method, path, { body });
      assert.equal(answer.status, expected, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    }
  }
});

test('what is everybody’s own needs somebody; what is public needs nobody', async () => {
  for (const path of ['/me', '/me/sessions', '/me/passkeys', '/directory', '/roles', '/today', '/cases', '/uploads']) {
    assert.equal((await nobody.exchange('GET', path)).status, 401, path);
    assert.equal((await lawyer.exchange('GET', path)).status, 200, path);
  }
  for (const path of ['/node', '/node/card', '/openapi.json']) assert.equal((await nobody.exchange('GET', path)).status, 200, path);
});

test('what is too large, too deep or no JSON is refused before it costs anything', async () => {
  const large = await mira.exchange('POST', '/cases', { body: JSON.stringify({ title: 'x'.repeat(3 << 20) }), type: 'application/json' });
  assert.equal(large.status, 413);
  const deep = await mira.exchange('POST', '/cases', { body: '{"title":' + '['.repeat(2000) + ']'.repeat(2000) + '}', type: 'application/json' });
  assert.equal(deep.status, 400);
  const none = await mira.exchange('POST', '/cases', { body: '', type: 'application/json' });
  assert.equal(none.status, 400);
  const longPath = await mira.exchange('GET', '/cases/' + 'x'.repeat(3000));
  assert.ok([404, 414, 431].includes(longPath.status), `${longPath.status}`);
});
