// Signing in with a passkey; sessions; what a browser may and may not be made to send.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);

test('a passkey says by itself whose it is: no name is asked for', async () => {
  const mira = await node.person('Mira Tellan', ['investigator']);
  mira.cookie = '';
  const me = await mira.signIn();
  assert.equal(me.person.name, 'Mira Tellan');
  assert.ok(me.session.id);
  const start = await node.client().post('/sign-in/challenge');
  assert.deepEqual(Object.keys(start).toSorted(), ['challenge', 'id', 'rp_id', 'timeout_ms']);
  assert.equal(start.rp_id, 'localhost');
});

test('every refusal is the same one: wrong signature, unknown passkey, no user verification, other origin, used challenge', async () => {
  const mira = await node.person('Mira Two', ['investigator']);
  const stranger = await node.person('Stranger', ['investigator']);
  const sentences = new Set();
  const attempt = async (build) => {
    const { id, challenge } = await node.client().post('/sign-in/challenge');
    const body = { challenge_id: id, user_handle: null, ...build(challenge) };
    const problem = await refused(node.client().post('/sign-in', body), 401, 'sign_in.refused');
    sentences.add(problem.detail);
    return { id, body };
  };
  await attempt((challenge) => mira.authenticator.get(challenge, { flipSignature: true }));
  await attempt((challenge) => mira.authenticator.get(challenge, { flags: 0x01 }));
  await attempt((challenge) => mira.authenticator.get(challenge, { type: 'webauthn.create' }));
  await attempt((challenge) => mira.authenticator.get(challenge, { clientData: { origin: 'https://evil.example' } }));
  await attempt((challenge) => mira.authenticator.get(challenge, { clientData: { crossOrigin: true } }));
  await attempt(() => mira.authenticator.get(Buffer.alloc(32, 7).toString('base64url')));
  await attempt((challenge) => ({ ...mira.authenticator.get(challenge), user_handle: stranger.authenticator.userHandle() }));
  await attempt((challenge) => ({ ...mira.authenticator.get(challenge), credential: Buffer.alloc(32, 9).toString('base64url') }));
  await attempt((challenge) => ({ ...mira.authenticator.get(challenge), challenge_id: '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa' }));

  const { id, challenge } = await node.client().post('/sign-in/challenge');
  const body = { challenge_id: id, user_handle: null, ...mira.authenticator.get(challenge) };
  await node.client().post('/sign-in', body);
  sentences.add((await refused(node.client().post('/sign-in', body), 401, 'sign_in.refused')).detail);
  assert.equal(sentences.size, 1, [...sentences].join('\n'));
});

test('the cookie is one that no script and no other site can use', async () => {
  const mira = await node.person('Mira Three', ['investigator']);
  const { id, challenge } = await mira.post('/sign-in/challenge');
  const answer = await mira.exchange('POST', '/sign-in', { body: { challenge_id: id, user_handle: null, ...mira.authenticator.get(challenge) } });
  const [cookie] = answer.headers.getSetCookie();
  for (const part of [/^__Host-comity=[A-Za-z0-9_-]{43}/, /; *HttpOnly/i, /; *Secure/i, /; *SameSite=Strict/i, /; *Path=\//i]) assert.match(cookie, part);
  assert.doesNotMatch(cookie, /Domain=/i);
  assert.match(answer.headers.get('cache-control'), /no-store/);
});

test('a session ends after 30 idle minutes and 12 hours at most', async () => {
  const { session } = await (await node.person('Mira Four')).get('/me');
  const minutes = (a, b) => (Date.parse(a) - Date.parse(b)) / 60_000;
  assert.ok(Math.abs(minutes(session.idle_expires, session.created) - 30) < 1, `${session.idle_expires}`);
  assert.ok(Math.abs(minutes(session.expires, session.created) - 720) < 1, `${session.expires}`);
});

test('sessions are listed, one is ended, all others are ended', async () => {
  const desk = await node.person('Mira Five');
  const again = async () => {
    const client = node.client();
    client.authenticator = desk.authenticator;
    await client.signIn();
    return client;
  };
  const laptop = await again();
  const phone = await again();
  const { items } = await desk.get('/me/sessions');
  assert.equal(items.length, 3);
  assert.equal(items.filter((item) => item.current).length, 1);
  assert.ok(items.every((item) => /127\.0\.0\.1|::1/.test(item.address)), JSON.stringify(items));

  const phoneSession = (await phone.get('/me')).session.id;
  await desk.call('DELETE', `/me/sessions/${phoneSession}`);
  await refused(phone.get('/me'), 401, 'session.none');
  await refused(desk.call('DELETE', `/me/sessions/${phoneSession}`), 404);

  const other = await node.person('Somebody Else');
  const theirs = (await other.get('/me')).session.id;
  await refused(desk.call('DELETE', `/me/sessions/${theirs}`), 404);
  assert.ok(await other.get('/me'), 'nobody ends somebody else’s session');

  await desk.call('DELETE', '/me/sessions');
  await refused(laptop.get('/me'), 401, 'session.none');
  assert.equal((await desk.get('/me/sessions')).items.length, 1);
});

test('signing out ends the session and empties the browser', async () => {
  const mira = await node.person('Mira Six');
  const cookie = mira.cookie;
  const answer = await mira.exchange('DELETE', '/me/session');
  assert.equal(answer.status, 204);
  assert.match(answer.headers.get('clear-site-data'), /"cache".*"storage"/);
  assert.equal(mira.cookie, '', 'the cookie is taken back');
  mira.cookie = cookie;
  await refused(mira.get('/me'), 401, 'session.none');
});

test('a page of another origin changes nothing, with a cookie and without', async () => {
  const mira = await node.person('Mira Seven', ['investigator']);
  const body = { title: 'Not mine' };
  for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: node.origin + '.evil.example' }]) {
    const answer = await mira.exchange('POST', '/cases', { body, headers });
    assert.equal(answer.status, 403, headers.Origin);
    assert.equal(answer.body.code, 'csrf.origin');
  }
  const crossSite = await mira.exchange('POST', '/cases', { body, headers: { Origin: node.origin, 'Sec-Fetch-Site': 'cross-site' } });
  assert.equal(crossSite.status, 403);
  const login = await node.client().exchange('POST', '/sign-in/challenge', { headers: { Origin: 'https://evil.example' } });
  assert.equal(login.status, 403, 'nobody is signed in as somebody else');
  const machine = await node.machine('Robot', 'all');
  const bearer = await machine.exchange('POST', '/cases', { body: { title: 'By token' }, headers: { Origin: 'https://any.example' } });
  assert.equal(bearer.status, 201, 'a token is sent by no browser on its own');
  assert.ok(!bearer.headers.get('access-control-allow-origin'));
  assert.deepEqual((await mira.get('/cases')).items, []);
});

test('a made-up cookie and a made-up token are nobody', async () => {
  const nobody = node.client();
  nobody.cookie = '__Host-comity=' + 'A'.repeat(43);
  await refused(nobody.get('/me'), 401, 'session.none');
  nobody.cookie = '';
  nobody.token = 'cmty_' + 'A'.repeat(49);
  await refused(nobody.get('/me'), 401, 'session.none');
  nobody.token = 'not-even-one';
  await refused(nobody.get('/me'), 401, 'session.none');
});

test('guessing is slowed down by address, and an honest sign-in clears the count', async () => {
  const mira = await node.person('Mira Eight');
  const nobody = node.client();
  const wrong = { challenge_id: 'none', credential: 'AAAA', authenticator_data: 'AAAA', client_data: 'AAAA', signature: 'AAAA', user_handle: null };
  let last;
  for (let n = 0; n < 200 && last?.status !== 429; n++) last = await nobody.exchange('POST', '/sign-in', { body: wrong });
  assert.equal(last.status, 429);
  assert.ok(Number(last.headers.get('retry-after')) >= 1);
  assert.equal((await nobody.exchange('POST', '/enrolment/open', { body: { token: 'A'.repeat(43) } })).status, 429, 'links are guessed no faster');
  assert.ok(await mira.get('/me'), 'who is signed in works on');
});
