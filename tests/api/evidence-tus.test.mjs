// Files on their way in, by the rules of tus 1.0.0: every offset that is told is durable, and nothing is taken that does not fit.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const opened = await mira.openCase();
const TUS = { 'Tus-Resumable': '1.0.0' };
const OCTETS = { ...TUS, 'Content-Type': 'application/offset+octet-stream' };
const b64 = (text) => Buffer.from(text).toString('base64');
const metadata = (more = '') => `filename ${b64('door.bin')},space ${b64(opened.id)}${more}`;

async function begin(length, client = mira, more = '') {
  const made = await client.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(length), 'Upload-Metadata': metadata(more) } });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.headers.get('location');
}
const patch = (place, offset, body, headers = {}) => mira.exchange('PATCH', place, { body, headers: { ...OCTETS, 'Upload-Offset': String(offset), ...headers } });
const head = (place, client = mira) => client.exchange('HEAD', place, { headers: TUS });
const checksum = (algorithm, bytes) => `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}`;

test('OPTIONS says what is offered, to everybody', async () => {
  const answer = await node.client().exchange('OPTIONS', '/uploads');
  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get('tus-version'), '1.0.0');
  assert.deepEqual(answer.headers.get('tus-extension').split(',').toSorted(), ['checksum', 'creation', 'expiration', 'termination']);
  assert.deepEqual(answer.headers.get('tus-checksum-algorithm').split(',').toSorted(), ['sha1', 'sha256']);
});

test('another version, or none, is 412 with the one that is spoken', async () => {
  for (const headers of [{}, { 'Tus-Resumable': '0.2.2' }]) {
    const answer = await mira.exchange('POST', '/uploads', { headers: { ...headers, 'Upload-Length': '1', 'Upload-Metadata': metadata() } });
    assert.equal(answer.status, 412);
    assert.equal(answer.headers.get('tus-version'), '1.0.0');
  }
});

test('a file comes in parts of any size, each part durable when it is answered', async () => {
  const bytes = randomBytes(100_003);
  const place = await begin(bytes.length);
  let at = 0;
  for (const size of [1, 16383, 16384, 16385, 5, 40000, 10845]) {
    const answer = await patch(place, at, bytes.subarray(at, at + size));
    assert.equal(answer.status, 204);
    at += size;
    assert.equal(answer.headers.get('upload-offset'), String(at));
    assert.ok(answer.headers.get('upload-expires'));
    if (at < bytes.length) {
      const seen = await head(place);
      assert.equal(seen.headers.get('upload-offset'), String(at));
      assert.equal(seen.headers.get('upload-length'), String(bytes.length));
      assert.equal(seen.headers.get('upload-metadata'), metadata());
      assert.match(seen.headers.get('cache-control'), /no-store/);
    }
  }
  assert.equal(at, bytes.length);
  const upload = await mira.get(`/uploads/${place.split('/').at(-1)}`);
  assert.equal(upload.state, 'arrived');
  assert.equal(upload.sha256, createHash('sha256').update(bytes).digest('hex'));
});

test('after the server was stopped, or killed, the upload goes on where it stood, to the byte', async () => {
  const bytes = randomBytes(70_001);
  const place = await begin(bytes.length);
  await patch(place, 0, bytes.subarray(0, 33_333));
  await node.stop();
  await node.start();
  assert.equal((await head(place)).headers.get('upload-offset'), '33333');
  await patch(place, 33_333, bytes.subarray(33_333, 50_000));
  await node.kill();
  await node.start();
  assert.equal((await head(place)).headers.get('upload-offset'), '50000');
  assert.equal((await patch(place, 50_000, bytes.subarray(50_000))).status, 204);
  const upload = await mira.get(`/uploads/${place.split('/').at(-1)}`);
  assert.equal(upload.sha256, createHash('sha256').update(bytes).digest('hex'));
});

test('a wrong offset is 409, and tells the right one', async () => {
  const place = await begin(10);
  await patch(place, 0, Buffer.from('0123'));
  for (const offset of [0, 3, 5, 10]) {
    const answer = await patch(place, offset, Buffer.from('x'));
    assert.equal(answer.status, 409, `at ${offset}`);
    assert.equal(answer.headers.get('upload-offset'), '4');
  }
  assert.equal((await head(place)).headers.get('upload-offset'), '4');
});

test('two who send at once do not mix their bytes', async () => {
  const place = await begin(200_000);
  const both = await Promise.all([1, 2].map((fill) => patch(place, 0, Buffer.alloc(100_000, fill))));
  assert.ok(both.some((answer) => answer.status === 204));
  const offset = Number((await head(place)).headers.get('upload-offset'));
  assert.equal(offset, 100_000);
});

test('a part with a checksum counts only if it matches: 460, offset unmoved', async () => {
  const place = await begin(9);
  const part = Buffer.from('abc');
  const wrong = await patch(place, 0, part, { 'Upload-Checksum': checksum('sha256', Buffer.from('abd')) });
  assert.equal(wrong.status, 460);
  assert.equal((await head(place)).headers.get('upload-offset'), '0');
  assert.equal((await patch(place, 0, part, { 'Upload-Checksum': checksum('sha256', part) })).status, 204);
  assert.equal((await patch(place, 3, part, { 'Upload-Checksum': checksum('sha1', part) })).status, 204);
  assert.equal((await patch(place, 6, part, { 'Upload-Checksum': 'md5 kAFQmDzST7DWlj99KOF/cg==' })).status, 400);
  assert.equal((await patch(place, 6, part, { 'Upload-Checksum': 'sha256 not-base64!' })).status, 400);
  assert.equal((await head(place)).headers.get('upload-offset'), '6');
});

test('a part of another kind is 415, one beyond the length 413, one without offset 400', async () => {
  const place = await begin(4);
  assert.equal((await patch(place, 0, Buffer.from('ab'), { 'Content-Type': 'application/octet-stream' })).status, 415);
  assert.equal((await patch(place, 0, Buffer.from('abcde'))).status, 413);
  const none = await mira.exchange('PATCH', place, { body: Buffer.from('ab'), headers: OCTETS });
  assert.equal(none.status, 400);
  assert.equal((await head(place)).headers.get('upload-offset'), '0');
});

test('an upload breaks no rule from its beginning', async () => {
  const post = (headers) => mira.exchange('POST', '/uploads', { headers: { ...TUS, ...headers } });
  for (const headers of [
    { 'Upload-Metadata': metadata() },
    { 'Upload-Length': '-1', 'Upload-Metadata': metadata() },
    { 'Upload-Length': 'ten', 'Upload-Metadata': metadata() },
    { 'Upload-Length': '1', 'Upload-Defer-Length': '1', 'Upload-Metadata': metadata() },
    { 'Upload-Length': '1', 'Upload-Concat': 'partial', 'Upload-Metadata': metadata() },
    { 'Upload-Length': '1' },
    { 'Upload-Length': '1', 'Upload-Metadata': `filename ${b64('x')}` },
    { 'Upload-Length': '1', 'Upload-Metadata': 'filename ***' },
    { 'Upload-Length': '1', 'Upload-Metadata': metadata(`,filename ${b64('twice')}`) },
    { 'Upload-Length': '1', 'Upload-Metadata': metadata(`,relative_path ${b64('box/../../up.txt')}`) },
    { 'Upload-Length': '1', 'Upload-Metadata': metadata(`,relative_path ${b64('/etc/up.txt')}`) },
    { 'Upload-Length': '1', 'Upload-Metadata': `filename ${b64('..')},space ${b64(opened.id)}` },
  ]) {
    const answer = await post(headers);
    assert.equal(answer.status, 400, JSON.stringify(headers));
  }
  const tooLarge = await post({ 'Upload-Length': '9007199254740991', 'Upload-Metadata': metadata() });
  assert.ok([413, 507].includes(tooLarge.status), `${tooLarge.status}`);
});

test('a file of no bytes arrives with the request that begins it', async () => {
  const place = await begin(0);
  const upload = await mira.get(`/uploads/${place.split('/').at(-1)}`);
  assert.equal(upload.state, 'arrived');
  assert.equal(upload.sha256, createHash('sha256').digest('hex'));
  assert.equal((await head(place)).status, 410);
});

test('what has arrived is no tus resource any more: nobody deletes evidence so', async () => {
  const id = await mira.upload(opened.id, 'kept.txt', Buffer.from('kept'));
  const place = `/api/v1/uploads/${id}`;
  for (const answer of [await head(place), await patch(place, 4, Buffer.from('x')), await mira.exchange('DELETE', place, { headers: TUS })])
    assert.equal(answer.status, 410);
  assert.equal((await mira.get(`/uploads/${id}`)).state, 'arrived');
});

test('an upload that has not arrived can be given up', async () => {
  const place = await begin(10);
  await patch(place, 0, Buffer.from('01234'));
  assert.equal((await mira.exchange('DELETE', place, { headers: TUS })).status, 204);
  assert.equal((await head(place)).status, 404);
  assert.ok(!(await mira.get('/uploads')).items.some((item) => place.endsWith(item.id)));
});

test('X-HTTP-Method-Override is authorised as what it says', async () => {
  const place = await begin(4);
  const sent = await mira.exchange('POST', place, { body: Buffer.from('0123'), headers: { ...OCTETS, 'Upload-Offset': '0', 'X-HTTP-Method-Override': 'PATCH' } });
  assert.equal(sent.status, 204);
  const other = await begin(4);
  const foreign = node.client();
  const answer = await foreign.exchange('POST', other, { headers: { ...TUS, 'X-HTTP-Method-Override': 'DELETE' } });
  assert.equal(answer.status, 401);
  assert.equal((await head(other)).status, 200);
});

test('nobody else sees, feeds or drops an upload; nobody begins one in a case that is not theirs', async () => {
  const jon = await node.person('Jon Arvik', ['investigator']);
  const place = await begin(10);
  for (const method of ['HEAD', 'DELETE']) assert.equal((await jon.exchange(method, place, { headers: TUS })).status, 404);
  assert.equal((await jon.exchange('PATCH', place, { body: Buffer.from('x'), headers: { ...OCTETS, 'Upload-Offset': '0' } })).status, 404);
  await refused(jon.get(`/uploads/${place.split('/').at(-1)}`), 404);
  await refused(jon.upload(opened.id, 'intruder.txt', Buffer.from('x')), 404);
  assert.deepEqual((await jon.get('/uploads')).items, []);
});

test('the tray is there again after a reload: state, offset, type, folder, and where the same bytes are already', async () => {
  const other = await mira.openCase();
  await mira.upload(other.id, 'a.txt', Buffer.from('Hello, reader.\n'), { relativePath: 'box/left/a.txt' });
  const exhibit = await mira.addExhibit(other.id, { 'known.txt': Buffer.from('the same bytes') });
  await mira.upload(other.id, 'again.txt', Buffer.from('the same bytes'));
  const { items } = await mira.get(`/uploads?space=${other.id}`);
  const by = Object.fromEntries(items.map((item) => [item.name, item]));
  assert.equal(by['a.txt'].state, 'arrived');
  assert.equal(by['a.txt'].relative_path, 'box/left/a.txt');
  assert.match(by['a.txt'].type, /^text\/plain/);
  assert.equal(by['known.txt'].state, 'taken');
  assert.deepEqual(by['again.txt'].duplicate_of, { exhibit: exhibit.id, number: exhibit.number, file: 1 });
});

test('who may not add evidence uploads none; who is taken off the case sends nothing more', async () => {
  const lawyer = await node.person('Ilse Brand', ['defence']);
  const clerk = await node.person('Tomas Reny', ['clerk']);
  for (const person of [lawyer, clerk]) await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: (await person.get('/me')).person.id }));
  await refused(lawyer.upload(opened.id, 'mine.txt', Buffer.from('x')), 403, 'upload.role');
  const place = await begin(10, clerk);
  const send = (offset) => clerk.exchange('PATCH', place, { body: Buffer.from('abc'), headers: { ...OCTETS, 'Upload-Offset': String(offset) } });
  assert.equal((await send(0)).status, 204);
  await mira.confirm(await mira.call('DELETE', `/cases/${opened.id}/members/${(await clerk.get('/me')).person.id}`));
  assert.equal((await send(3)).status, 404);
  await refused(clerk.upload(opened.id, 'late.txt', Buffer.from('x')), 404);
});

test('when the source says that a file was changed stands with the file; what is no time is refused', async () => {
  const said = async (text) => {
    const place = await begin(0, mira, `,last_modified ${b64(text)}`);
    const exhibit = await mira.post(`/spaces/${opened.id}/evidence`, { title: 'Door', type: 'other', obtained: { how: 'other' }, uploads: [place.split('/').at(-1)] });
    return exhibit.file_list[0].modified;
  };
  assert.equal(await said('2026-02-28T23:59:59.250Z'), '2026-02-28T23:59:59.250Z');
  assert.equal(await said('2026-02-28T23:59:59+02:00'), '2026-02-28T21:59:59.000Z');
  assert.equal(await said('1970-01-01T00:00:00.000Z'), '1970-01-01T00:00:00.000Z');
  for (const beyond of ['1601-01-01T00:00:00.000Z', '']) assert.equal(await said(beyond), undefined, beyond);
  for (const wrong of ['yesterday', '2026-02-28', '2026-02-30T00:00:00Z']) {
    const answer = await mira.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': '0', 'Upload-Metadata': metadata(`,last_modified ${b64(wrong)}`) } });
    assert.equal(answer.status, 400, wrong);
  }
});
