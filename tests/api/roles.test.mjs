// Every route of the API, knocked at by everybody who should not get in: a stranger, an administrator, an auditor, each role of the case,
// who was taken off it, tokens of each scope, with the ids of somebody else's things. A route that is not in this table fails it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const ada = await node.person('Ada Verhoeven', [], true);
const mira = await node.person('Mira Tellan', ['investigator', 'prosecutor']);
const idOf = async (person) => (await person.get('/me')).person.id;
const opened = await mira.openCase();
const people = { admin: ada, stranger: await node.person('Stranger', ['investigator', 'prosecutor', 'clerk']), auditor: await node.person('Audra Lind', ['auditor']) };
for (const [role, name] of [['clerk', 'Tomas Reny'], ['defence', 'Ilse Brand'], ['gone', 'Jon Arvik']]) {
  people[role] = await node.person(name, [role === 'gone' ? 'prosecutor' : role]);
  await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: await idOf(people[role]) }));
}
const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
const exported = await mira.confirm(await mira.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: true }));
await waitFor(async () => (await mira.get(`/exports/${exported.id}`)).state === 'ready', 'the package');
const ticketOf = async (person) => (await person.post(`/spaces/${opened.id}/evidence/${exhibit.id}/readings`, { what: 'opened', files: [1] })).ticket;
const TUS = { 'Tus-Resumable': '1.0.0' };
const metadata = `filename ${btoa('b')},space ${btoa(opened.id)}`;
const goneTicket = await ticketOf(people.gone);
/** What Jon did while he was of the case, under a key. */
const kept = { body: { summary: 'Known to Jon.' }, headers: { 'Idempotency-Key': 'kept-answer', 'If-Match': (await people.gone.exchange('GET', `/cases/${opened.id}`)).headers.get('etag') } };
await people.gone.call('PATCH', `/cases/${opened.id}`, kept);
assert.equal((await people.gone.exchange('PATCH', `/cases/${opened.id}`, kept)).status, 200);
await mira.confirm(await mira.call('DELETE', `/cases/${opened.id}/members/${await idOf(people.gone)}`));

/** Mira's things, by the name of their parameter. */
const asked = await mira.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false });
const begun = await mira.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': '3', 'Upload-Metadata': metadata } });
const ids = {
  space: opened.id, exhibit: exhibit.id, export: exported.id, leaf: (await mira.get(`/spaces/${opened.id}/records`)).items[0].leaf, upload: begun.headers.get('location').split('/').at(-1),
  confirmation: asked.confirm.id, job: (await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/check`)).id, person: await idOf(mira), session: (await mira.get('/me/sessions')).items[0].id,
  passkey: (await mira.get('/me/passkeys')).items[0].id, token: (await ada.post('/tokens', { name: 'Robot', scopes: ['cases:read'] })).id, invitation: (await ada.post('/invitations', { name: 'X', roles: ['clerk'], admin: false })).id, n: '1',
  view: (await mira.post('/me/views', { list: 'cases', name: 'Closed ones', search: '?status=closed' })).id, notice: (await ada.get('/node/status')).notices[0].id,
};
const ABSENT = { ...Object.fromEntries(Object.keys(ids).map((name) => [name, '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa'])), leaf: '0'.repeat(64), ticket: 'A'.repeat(43), n: '1' };

const all = ['admin', 'stranger', 'auditor', 'clerk', 'defence', 'gone'];
const members = ['clerk', 'defence'];
const seers = ['auditor', ...members];
/** Who gets in (2xx), and with what; `own`: everybody, to their own things alone, so that others' are not found. */
const doors = {
  'GET /healthz': { public: true }, 'GET /openapi.json': { public: true }, 'GET /node': { public: true }, 'GET /node/card': { public: true }, 'GET /metrics': { in: all, here: true },
  'POST /sign-in/challenge': { public: true }, 'POST /sign-in': { in: [] }, 'POST /enrolment/open': { in: [] }, 'POST /enrolment/options': { in: [] }, 'POST /enrolment': { in: [] }, 'POST /enrolment/wrong': { in: [] },
  'GET /events': { in: all, stream: true }, 'GET /me': { in: all }, 'GET /me/sessions': { in: all }, 'GET /me/passkeys': { in: all }, 'GET /directory': { in: all }, 'GET /roles': { in: all }, 'GET /today': { in: all },
  'POST /me/passkeys/options': { in: all }, 'POST /me/passkeys': { in: [] }, 'DELETE /me/session': { skip: 'it would end the story' }, 'DELETE /me/sessions': { in: all },
  'GET /me/views': { in: all }, 'POST /me/views': { in: all, body: { list: 'cases', name: 'Mine', search: '' } }, 'PUT /me/views/{view}': { own: true, body: { name: 'Mine now', search: '' } }, 'DELETE /me/views/{view}': { own: true },
  'DELETE /me/notices/{notice}': { in: [], but: ['admin'] }, 'DELETE /me/sessions/{session}': { own: true }, 'PATCH /me/passkeys/{passkey}': { own: true, body: { label: 'Mine now' } }, 'DELETE /me/passkeys/{passkey}': { own: true },
  'GET /cases': { in: all }, 'POST /cases': { in: ['stranger', 'gone'], body: { title: 'Own' } },
  'GET /cases/{space}': { in: seers }, 'PATCH /cases/{space}': { in: [], body: { title: 'Taken over' }, tag: true }, 'POST /cases/{space}/close': { in: [], body: { reason: 'Over.' } },
  'POST /cases/{space}/reopen': { in: [], body: { reason: 'Again.' } }, 'GET /cases/{space}/members': { in: seers }, 'POST /cases/{space}/members': { in: [], body: () => ({ person: ids.person }) },
  'DELETE /cases/{space}/members/{person}': { in: [] }, 'GET /spaces/{space}/records': { in: seers }, 'GET /spaces/{space}/records/{leaf}': { in: seers },
  'GET /uploads': { in: all }, 'OPTIONS /uploads': { public: true }, 'OPTIONS /uploads/{upload}': { public: true }, 'GET /uploads/{upload}': { own: true }, 'HEAD /uploads/{upload}': { own: true, headers: TUS },
  'POST /uploads': { in: ['clerk'], headers: { ...TUS, 'Upload-Length': '3', 'Upload-Metadata': metadata } }, 'DELETE /uploads/{upload}': { own: true, headers: TUS },
  'PATCH /uploads/{upload}': { own: true, raw: Buffer.from('abc'), headers: { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' } },
  'GET /spaces/{space}/evidence': { in: seers }, 'GET /spaces/{space}/evidence/{exhibit}': { in: seers }, 'GET /spaces/{space}/evidence/{exhibit}/proof': { in: seers },
  'POST /spaces/{space}/evidence': { in: [], body: () => ({ title: 'Not mine', type: 'other', obtained: { how: 'other' }, uploads: [ids.upload] }) },
  'PATCH /spaces/{space}/evidence/{exhibit}': { in: ['clerk'], body: { title: 'Corrected', reason: 'Better.' }, tag: true },
  'POST /spaces/{space}/evidence/{exhibit}/files': { in: [], body: () => ({ uploads: [ids.upload] }) }, 'POST /spaces/{space}/evidence/{exhibit}/seal': { in: [], body: { reason: 'Closed.' } },
  'POST /spaces/{space}/evidence/{exhibit}/readings': { in: members, body: { what: 'opened', files: [1] } }, 'POST /spaces/{space}/evidence/{exhibit}/check': { in: seers },
  'GET /tickets/{ticket}/files/{n}': { in: [] }, 'HEAD /tickets/{ticket}/files/{n}': { in: [] },
  'GET /spaces/{space}/exports': { in: seers }, 'POST /spaces/{space}/exports': { in: ['clerk'], body: { exhibits: null, readings: false } }, 'GET /exports/{export}': { in: seers },
  'GET /exports/{export}/file': { in: ['clerk'] }, 'HEAD /exports/{export}/file': { in: ['clerk'] }, 'DELETE /exports/{export}': { in: [], but: ['clerk'] },
  'PUT /confirmations/{confirmation}': { own: true, body: () => mira.authenticator.get(asked.confirm.challenge) }, 'DELETE /confirmations/{confirmation}': { own: true }, 'GET /jobs/{job}': { own: true },
  'GET /people': { in: ['admin'] }, 'GET /people/{person}': { in: ['admin'] }, 'GET /invitations': { in: ['admin'] }, 'GET /tokens': { in: ['admin'] }, 'GET /node/status': { in: ['admin'] },
  'PATCH /people/{person}': { in: [], but: ['admin'], body: { admin: true, roles: ['investigator'] } }, 'POST /people/{person}/disable': { in: [], but: ['admin'] }, 'POST /people/{person}/enable': { in: [], but: ['admin'] },
  'POST /invitations': { in: ['admin'], body: { name: 'Me too', roles: ['prosecutor'], admin: false } }, 'DELETE /invitations/{invitation}': { in: [], but: ['admin'] },
  'POST /tokens': { in: ['admin'], body: { name: 'Mine', scopes: ['all'] } }, 'DELETE /tokens/{token}': { in: [], but: ['admin'] },
  'POST /node/audit': { in: ['admin'] }, 'POST /node/identity/export': { in: [], but: ['admin'], body: { passphrase: 'a long passphrase' } }, 'POST /node/restoration': { in: [], but: ['admin'] },
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

async function knock(client, door, { body, raw, headers = {}, tag, stream }, values = ids) {
  const [method, pattern] = door.split(' ');
  const path = pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ABSENT[name]);
  if (stream) {
    const control = new AbortController();
    const answer = await fetch(`${node.origin}/api/v1${path}`, { headers: { Cookie: client.cookie }, signal: control.signal });
    control.abort();
    return { status: answer.status, headers: answer.headers };
  }
  const etag = tag ? { 'If-Match': (await mira.exchange('GET', path)).headers.get('etag') } : {};
  const extra = method === 'GET' && /file/.test(path) ? { raw: true } : {};
  return client.exchange(method, path, { ...(raw ? { body: raw } : body ? { body: typeof body === 'function' ? await body() : body } : {}), headers: { ...etag, ...headers }, ...extra });
}

test('every route has its place in the table', () => {
  const routes = Object.entries(node.contract.document.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`));
  assert.deepEqual(routes.filter((route) => !doors[route]), []);
});

test('nobody signed in gets in where not everybody may', async () => {
  for (const [door, rule] of Object.entries(doors)) {
    if (rule.skip || rule.here || rule.public) continue;
    const { status } = await knock(node.client(), door, { ...rule, body: rule.body && {} });
    assert.ok(status >= 400 && status < 500, `${door}: ${status}`);
  }
});

for (const who of all) {
  test(`${who}: in where it says so, and nowhere else; what is not there and what is not theirs look alike`, async () => {
    for (const [door, rule] of Object.entries(doors)) {
      if (rule.skip || rule.public || rule.here || rule.but?.includes(who)) continue;
      const answer = await knock(people[who], door, rule);
      const told = `${who} at ${door}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 200)}`;
      assert.ok(answer.status < 500, told);
      assert.equal(answer.status < 300, !rule.own && rule.in.includes(who), told);
      // Who sees the case may be told more of what is in it; of what hides a thing from somebody nothing may be seen.
      if (answer.status !== 404 || !door.includes('{') || (door.includes('{space}') && seers.includes(who))) continue;
      const absent = await knock(people[who], door, rule, ABSENT);
      assert.deepEqual([absent.status, absent.body?.code, absent.body?.detail], [answer.status, answer.body?.code, answer.body?.detail], told);
    }
  });
}

test('what Mira had is as it was, and hers', async () => {
  assert.equal((await mira.get(`/cases/${opened.id}`)).title, opened.title);
  assert.equal((await mira.exchange('HEAD', `/uploads/${ids.upload}`, { headers: TUS })).headers.get('upload-offset'), '0');
  assert.equal((await mira.get('/me/passkeys')).items[0].label, 'Test key');
  assert.equal((await mira.get('/me/views')).items[0].name, 'Closed ones');
  assert.equal((await mira.get(`/exports/${exported.id}`)).state, 'ready');
  assert.ok((await mira.get(`/jobs/${ids.job}`)).id);
  assert.ok((await mira.confirm(asked)).id);
});

test('who was taken off has no use of tickets, of kept answers, nor of what they were called by', async () => {
  assert.equal((await people.gone.exchange('GET', `/tickets/${goneTicket}/files/1`, { raw: true })).status, 404);
  const again = await people.gone.exchange('PATCH', `/cases/${opened.id}`, kept);
  assert.ok(again.status >= 400, JSON.stringify(again.body));
});

test('a token acts with its scopes in the cases of its person, and never as one who is signed in', async () => {
  const tokens = {};
  for (const scope of ['cases:read', 'cases:write', 'evidence:read', 'evidence:write', 'export', 'all']) tokens[scope] = Object.assign(node.client(), { token: await node.token('Mira Tellan', scope) });
  const reads = ['GET /cases', 'GET /cases/{space}', 'GET /cases/{space}/members', 'GET /spaces/{space}/records', 'GET /spaces/{space}/records/{leaf}', 'GET /spaces/{space}/exports', 'GET /exports/{export}', 'GET /today', 'GET /events'];
  const opens = {
    'cases:read': reads, 'cases:write': ['POST /cases'], 'evidence:write': ['GET /uploads', 'GET /uploads/{upload}', 'HEAD /uploads/{upload}'],
    'evidence:read': ['GET /spaces/{space}/evidence', 'GET /spaces/{space}/evidence/{exhibit}', 'GET /spaces/{space}/evidence/{exhibit}/proof', 'POST /spaces/{space}/evidence/{exhibit}/readings', 'POST /spaces/{space}/evidence/{exhibit}/check'],
    export: ['GET /exports/{export}', 'GET /exports/{export}/file'],
  };
  const listed = new Set(Object.values(opens).flat());
  for (const scope of Object.keys(opens)) {
    for (const door of listed) {
      if (doors[door].stream) continue;
      const { status, body } = await knock(tokens[scope], door, doors[door]);
      assert.equal(status < 300, opens[scope].includes(door), `${scope} at ${door}: ${status} ${JSON.stringify(body)?.slice(0, 200)}`);
    }
  }
  for (const door of Object.keys(doors).filter((one) => one.includes(' /me/') && !doors[one].skip && one !== 'GET /me/passkeys')) {
    const answer = await knock(tokens.all, door, doors[door]);
    assert.ok([403, 422, 400].includes(answer.status), `${door}: ${answer.status}`);
  }
  // What the person began is neither completed nor dropped by a token that could not have begun it.
  const begins = await mira.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false });
  const path = `/confirmations/${begins.confirm.id}`;
  for (const scope of Object.keys(opens)) {
    await refused(tokens[scope].call('PUT', path, { body: mira.authenticator.get(begins.confirm.challenge) }), 410, 'confirmation.gone');
    await refused(tokens[scope].call('DELETE', path), 410, 'confirmation.gone');
  }
  await mira.confirm(begins);
  await refused(tokens.all.post('/tokens', { name: 'More', scopes: ['all'] }), 403);
});
