// Requests that no client of ours sends, to a whole node: malformed JSON, tus headers, cookies, attestations and HTTP. Each is refused
// below 500 with a sentence, or its connection is closed; afterwards the node serves, and wrote nothing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { Authenticator } from '../support/authenticator.mjs';
import { LONG, SHARED, waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator', 'prosecutor'], true);
const opened = await mira.openCase();
const TUS = { 'Tus-Resumable': '1.0.0' };
const b64 = (value) => Buffer.from(value).toString('base64');
const records = async () => (await mira.get(`/spaces/${opened.id}/records`)).items.length;

/** Bytes on a bare connection; what came back until it was closed, or until `enough` of it is there. */
function raw(bytes, enough = () => false) {
  return new Promise((done) => {
    const socket = connect(node.port, '127.0.0.1');
    let came = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      came = Buffer.concat([came, chunk]);
      if (enough(came)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => done(came.toString('latin1')));
    socket.write(bytes);
  });
}
const statuses = (text) => [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]));
const alive = async () => {
  assert.equal((await mira.exchange('GET', '/me')).status, 200);
  assert.ok(!/CRITICAL|assertion|Sanitizer/i.test(node.log), node.log.slice(-3000));
};

test('JSON that is none, in every published way', { skip: !existsSync(join(SHARED, 'vectors/jsontestsuite')) && 'no shared vectors here' }, async () => {
  const before = await records();
  const folder = join(SHARED, 'vectors/jsontestsuite');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
  assert.ok(files.length > 300, `${files.length}`);
  for (const name of files) {
    const body = await readFile(join(folder, name));
    for (const [method, path] of [['POST', `/spaces/${opened.id}/evidence`], ['POST', '/sign-in']]) {
      const answer = await mira.exchange(method, path, { body, type: 'application/json' });
      assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`);
      assert.ok(answer.body.detail.length > 10, name);
    }
  }
  assert.equal(await records(), before);
  await alive();
});

test('a body of every wrong shape to every route that takes one', async () => {
  const routes = [
    ['POST', '/cases'], ['PATCH', `/cases/${opened.id}`], ['POST', `/cases/${opened.id}/members`], ['POST', `/cases/${opened.id}/close`], ['POST', `/spaces/${opened.id}/evidence`],
    ['POST', `/spaces/${opened.id}/exports`], ['POST', '/invitations'], ['POST', '/tokens'], ['POST', '/me/passkeys'], ['POST', '/sign-in'], ['POST', '/enrolment'], ['POST', '/enrolment/options'],
    ['PUT', '/confirmations/x'],
  ];
  const values = [null, true, 0, -1, 9007199254740991, '', 'x', '\u0000', 'x'.repeat(70_000), [], [[]], {}, { a: {} }, ['x', 'x'], Array(2000).fill('x')];
  const members = ['title', 'reference', 'person', 'roles', 'reason', 'uploads', 'type', 'obtained', 'exhibits', 'readings', 'name', 'admin', 'scopes', 'expires', 'label', 'token', 'challenge_id', 'credential', 'client_data', 'attestation_object', 'transports'];
  const tag = (await mira.exchange('GET', `/cases/${opened.id}`)).headers.get('etag');
  for (const [method, path] of routes) {
    const bodies = [...values, ...values.map((value) => Object.fromEntries(members.map((name) => [name, value])))];
    for (const body of bodies) {
      const answer = await mira.exchange(method, path, { body: JSON.stringify(body), type: 'application/json', headers: { 'If-Match': tag } });
      assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path} ${JSON.stringify(body).slice(0, 200)}: ${answer.status}`);
      assert.ok(answer.body.detail.length > 10 && answer.body.code !== undefined, JSON.stringify(answer.body));
    }
  }
  await alive();
});

test('tus headers that lie', async () => {
  const good = `filename ${b64('a')},space ${b64(opened.id)}`;
  const wrong = {
    'Upload-Length': ['', '-0', '+1', '1e3', '0x10', '00', '01', '1,1', '18446744073709551616', '９', 'NaN', '1'.repeat(400)],
    'Upload-Metadata': ['', ',', ' ', 'space', `space ${b64(opened.id)}x`, `space\t${b64(opened.id)}`, `space ${opened.id}`, `${good},`, `${good},,`, `${good},spa\u00e9ce YQ==`, `space ${b64('../../x')}`,
      `space ${b64(opened.id + '\u0000')}`, `space ${b64(Buffer.from([0xff, 0xfe]))}`, `${good},k ${'A'.repeat(9000)}`, Array.from({ length: 40 }, (_, n) => `k${n} YQ==`).join(','), `${good},filename YQ==`],
    'Upload-Defer-Length': ['1', '0'],
    'Upload-Concat': ['partial', 'final;/a /b'],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const bytes = `POST /api/v1/uploads HTTP/1.1\r\nHost: localhost:${node.port}\r\nCookie: ${mira.cookie}\r\nOrigin: ${node.origin}\r\nTus-Resumable: 1.0.0\r\n${name === 'Upload-Length' ? '' : 'Upload-Length: 3\r\n'}${name === 'Upload-Metadata' ? '' : `Upload-Metadata: ${good}\r\n`}${name}: ${value}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      const [status] = statuses(await raw(Buffer.from(bytes, 'utf8')));
      assert.ok(status >= 400 && status < 500, `${name}: ${JSON.stringify(value).slice(0, 80)}: ${status}`);
    }
  }
  const made = await mira.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': '9', 'Upload-Metadata': good } });
  const place = made.headers.get('location');
  const headers = { ...TUS, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' };
  for (const change of [
    ...['', '-1', '0x0', '1e1', '0,0', '9'.repeat(30)].map((value) => ({ 'Upload-Offset': value })),
    ...['', 'sha256', 'sha256 ', 'sha256 ====', 'sha256 ' + b64('short'), 'sha512 ' + b64('x'.repeat(64)), 'SHA256 ' + b64('x'.repeat(32)), 'sha256  ' + b64('x'.repeat(32))].map((value) => ({ 'Upload-Checksum': value })),
  ]) {
    const answer = await mira.exchange('PATCH', place, { body: Buffer.from('abc'), headers: { ...headers, ...change } });
    assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(change)}: ${answer.status}`);
  }
  assert.equal((await mira.exchange('HEAD', place, { headers: TUS })).headers.get('upload-offset'), '0');
  await alive();
});

test('cookies and tokens that are not ours lead to nobody, and never past the right one', async () => {
  const name = mira.cookie.split('=')[0];
  const secret = mira.cookie.split('=')[1];
  for (const cookie of [`${name}=`, name, `=${secret}`, `${name}=${secret.slice(1)}`, `${name}=${secret}x`, `${name.toUpperCase()}=${secret}`, `${name}=${'A'.repeat(4000)}`, `${name}="${secret}`, ';;;;', '\u00e9=\u00e9',
    `${name}=${secret.toLowerCase()}`, `${name}=%00${secret}`, `x${name}=${secret}`]) {
    const bytes = `GET /api/v1/me HTTP/1.1\r\nHost: localhost:${node.port}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
    const [status] = statuses(await raw(Buffer.from(bytes, 'utf8')));
    assert.ok([400, 401].includes(status), `${JSON.stringify(cookie).slice(0, 80)}: ${status}`);
  }
  const token = await node.token('Robot', 'all');
  for (const authorization of ['', 'Bearer', 'Bearer ', `bearer  ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, `Basic ${b64(`:${token}`)}`, `Bearer ${token}, Bearer ${token}`, `Token ${token}`, `Bearer cmty_${'A'.repeat(49)}`]) {
    const bytes = `GET /api/v1/me HTTP/1.1\r\nHost: localhost:${node.port}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`;
    const [status] = statuses(await raw(bytes));
    assert.ok([400, 401].includes(status), `${authorization}: ${status}`);
  }
  // Of two cookies of that name, whatever the order, a stranger's never wins a session for its sender.
  for (const cookie of [`${name}=x; ${name}=${'A'.repeat(43)}`, `${name}=${'A'.repeat(43)}; ${name}=x`]) {
    const [status] = statuses(await raw(`GET /api/v1/me HTTP/1.1\r\nHost: localhost:${node.port}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`));
    assert.ok([400, 401].includes(status), `${status}`);
  }
  await alive();
});

test('attestations and client data, cut and changed everywhere', async () => {
  const attempt = async (change) => {
    const options = await mira.post('/me/passkeys/options');
    const made = new Authenticator(node.origin).create(options);
    const body = { challenge_id: options.id, client_data: made.client_data, attestation_object: made.attestation_object, label: 'Key' };
    const answer = await mira.exchange('POST', '/me/passkeys', { body: { ...body, ...change(Buffer.from(made.attestation_object, 'base64url'), Buffer.from(made.client_data, 'base64url')) } });
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${JSON.stringify(answer.body)}`);
  };
  const step = LONG ? 1 : 7;
  for (let at = 0; at < 190; at += step) await attempt((bytes) => ({ attestation_object: bytes.subarray(0, Math.min(at, bytes.length - 1)).toString('base64url') }));
  for (let at = 0; at < 120; at += step) await attempt((_, data) => ({ client_data: data.subarray(0, Math.min(at, data.length - 1)).toString('base64url') }));
  const nested = Buffer.concat([Buffer.alloc(50_000, 0x81), Buffer.from([0x00])]);
  const huge = Buffer.from('bbffffffffffffffff', 'hex');
  const endless = Buffer.from('bf63666d74646e6f6e65', 'hex');
  for (const bytes of [nested, huge, endless, Buffer.from('a3', 'hex'), Buffer.from('5bffffffffffffffff41', 'hex'), Buffer.alloc(0), Buffer.from('f97e00', 'hex')]) await attempt(() => ({ attestation_object: bytes.toString('base64url') }));
  for (const value of ['*', 'AA=', 'A', null, 7, [], 'A'.repeat(100_000)]) await attempt(() => ({ attestation_object: value }));
  for (const text of ['{}', '[]', '{"type":"webauthn.create","type":"webauthn.create"}', '\u0000', '{"challenge":1}', '['.repeat(10_000)]) await attempt(() => ({ client_data: Buffer.from(text).toString('base64url') }));
  assert.equal((await mira.get('/me/passkeys')).items.length, 1);
  await alive();
});

test('a second request hidden in a first is not carried out', async () => {
  const body = '{"title":"Smuggled in"}';
  const hidden = `POST /api/v1/cases HTTP/1.1\r\nHost: localhost:${node.port}\r\nCookie: ${mira.cookie}\r\nOrigin: ${node.origin}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const host = `Host: localhost:${node.port}\r\n`;
  for (const first of [
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: ${hidden.length}\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}Content-Length: +0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}X: y\n\n`,
    `GET /healthz HTTP/1.1\r\n${host}Content-Length: 0\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n`,
    `POST /api/v1/sign-in HTTP/1.1\r\n${host}\r\n`.replace('Host', ' Host'),
  ]) {
    const answers = statuses(await raw(first + hidden, (came) => statuses(came.toString('latin1')).length > 1));
    // Of a length that is no number libmicrohttpd complains twice, and closes.
    assert.ok(answers.every((status) => status >= 400), `${JSON.stringify(first)}: ${answers}`);
  }
  assert.ok(!(await mira.get('/cases?status=all')).items.some((one) => one.title === 'Smuggled in'));
  await alive();
});

test('a header of 1 MB, ten thousand of them, and lines that are none', async () => {
  const host = `Host: localhost:${node.port}\r\n`;
  const all = [
    `GET /api/v1/me HTTP/1.1\r\n${host}X: ${'a'.repeat(1 << 20)}\r\n\r\n`,
    `GET /api/v1/me HTTP/1.1\r\n${host}Cookie: ${'a=b; '.repeat(200_000)}\r\n\r\n`,
    `GET /api/v1/me HTTP/1.1\r\n${host}${Array.from({ length: 10_000 }, (_, n) => `X-${n}: y\r\n`).join('')}\r\n`,
    `GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\n${host}\r\n`,
    `${'A'.repeat(1 << 16)} / HTTP/1.1\r\n${host}\r\n`,
    Buffer.alloc(1 << 18, 0),
    Buffer.alloc(1 << 18, 0xff),
    '\r\n'.repeat(50_000),
    'GET / HTTP/1.1\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: other.example\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}${host}\r\n`,
    `GET http://other.example/api/v1/me HTTP/1.1\r\nHost: other.example\r\n\r\n`,
    `GET /api/v1/me HTTP/9.9\r\n${host}\r\n`,
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    Buffer.from('160301020001000001fc0303', 'hex'),
  ];
  await Promise.all(all.map(async (bytes) => {
    const answers = statuses(await raw(bytes, (came) => came.includes('\r\n\r\n')));
    assert.ok(answers.every((status) => status >= 400 && status !== 500), `${bytes.toString('latin1').slice(0, 60)}: ${answers}`);
  }));
  await alive();
});

test('who sends slowly holds nobody up', async () => {
  // Forty that never end: a header, a body, an upload. Meanwhile everybody else is answered.
  const slow = Array.from({ length: 40 }, (_, n) => {
    const socket = connect(node.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(['GET /api/v1/me HTTP/1.1\r\nHost: loc', `POST /api/v1/sign-in HTTP/1.1\r\nHost: localhost:${node.port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`][n % 2]);
    return socket;
  });
  try {
    for (let n = 0; n < 20; n++) assert.equal((await mira.exchange('GET', '/cases')).status, 200);
    await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  } finally {
    for (const socket of slow) socket.destroy();
  }
  await waitFor(async () => (await mira.exchange('GET', '/me')).status === 200, 'the node to serve');
  await alive();
});
