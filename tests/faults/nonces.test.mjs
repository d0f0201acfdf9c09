// Nothing is sealed twice. Under AES-GCM one key may meet one number once: two different plaintexts under one pair give both away. What
// a client sends after a kill, after a power cut or after a checksum that did not match need not be what it sent before.
//
// How it is known: every write to an upload that the process tried is noted below it (powercut.c). The head of a file, 56 bytes, names
// its key (salt and commitment), and the place in the file the number of the chunk; with key, number and plaintext the ciphertext is
// given. So under one head each byte may ever have had one value.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import test from 'node:test';
import { sha256 } from '../support/client.mjs';
import { OCTETS, TUS, seeded } from '../support/ground.mjs';
import { LONG, TestNode, comity, waitFor } from '../support/node.mjs';
import { Disk } from '../support/powercut.mjs';

const ROUNDS = LONG ? 100 : 12;
const HEAD = 56;
const LENGTH = 2_200_000;
const SEALED_AT_ONCE = 1 << 18;
const node = await TestNode.create();
test.after(() => node.remove());
await node.start();
const client = Object.assign(node.client(), { token: await node.token('Intake station', 'all') });
const opened = await client.openCase();
await node.stop();
const disk = await Disk.create(node);
disk.env.COMITY_TEST_WRITES = disk.writes;
const start = () => node.start([], { env: disk.env });

async function begun(length) {
  const metadata = `filename ${btoa('changing.bin')},space ${btoa(opened.id)}`;
  const made = await client.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(length), 'Upload-Metadata': metadata } });
  assert.equal(made.status, 201);
  return made.headers.get('location');
}
const patch = (place, at, body, headers = {}) => client.exchange('PATCH', place, { body, headers: { ...OCTETS, 'Upload-Offset': String(at), ...headers } });

/** A PATCH that would be longer than @bytes, and waits. */
function half(place, at, bytes) {
  const headers = { ...OCTETS, Authorization: `Bearer ${client.token}`, 'Upload-Offset': String(at), 'Content-Length': String(bytes.length + 1) };
  const sent = request(new URL(place, node.origin), { method: 'PATCH', headers });
  sent.on('error', () => {});
  sent.write(bytes);
  return sent;
}

/** Of what was noted: places where one head met two values, and how many places of one upload were sealed under more than one head. */
function examine(writes) {
  const heads = new Map(); // of a file: the newest
  const seen = new Map(); // head -> its bytes, as far as they were ever written
  const twice = [];
  for (const { file, at, bytes } of writes) {
    if (at === 0) heads.set(file, bytes.toString('hex', 0, HEAD));
    const head = heads.get(file);
    assert.ok(head, 'a file begins with its head');
    if (at === 0 && seen.has(head)) twice.push(`the head ${head.slice(0, 16)} began two files`);
    let known = seen.get(head) ?? { bytes: Buffer.alloc(0), written: Buffer.alloc(0) };
    const end = at + bytes.length;
    if (end > known.bytes.length) known = { bytes: Buffer.concat([known.bytes, Buffer.alloc(end - known.bytes.length)]), written: Buffer.concat([known.written, Buffer.alloc(end - known.written.length)]) };
    for (let i = 0; i < bytes.length; i++) {
      if (known.written[at + i] && known.bytes[at + i] !== bytes[i]) {
        twice.push(`byte ${at + i} under the head ${head.slice(0, 16)} had two values`);
        break;
      }
    }
    bytes.copy(known.bytes, at);
    known.written.fill(1, at, end);
    seen.set(head, known);
  }
  return { heads: seen.size, twice };
}

test('the examination finds what it looks for', () => {
  const head = randomBytes(HEAD);
  const write = (file, at, bytes) => ({ file, at, bytes });
  const one = [write('a', 0, head), write('a', HEAD, Buffer.from('first')), write('a', HEAD, Buffer.from('first'))];
  assert.deepEqual(examine(one), { heads: 1, twice: [] });
  assert.equal(examine([...one, write('a', HEAD + 2, Buffer.from('x'))]).twice.length, 1);
  assert.equal(examine([...one, write('b', 0, head)]).twice.length, 1);
});

test(`${ROUNDS} uploads go on with other bytes after a kill, a power cut and a wrong checksum`, { timeout: LONG ? 5_000_000 : 600_000 }, async (t) => {
  const random = seeded(7);
  await start();
  for (let round = 0; round < ROUNDS; round++) {
    const place = await begun(LENGTH);
    const kept = []; // what was acknowledged
    let at = 0;
    for (let cut = 0; cut < 3; cut++) {
      const part = randomBytes(1 + Math.floor(random() * 45_000));
      assert.equal((await patch(place, at, part)).status, 204);
      kept.push(part);
      at += part.length;
      const wrong = await patch(place, at, randomBytes(30_000), { 'Upload-Checksum': `sha256 ${createHash('sha256').update('other').digest('base64')}` });
      assert.equal(wrong.status, 460);
      // The line stays open in the middle: some of these bytes are sealed and written, and none is synced.
      const lost = randomBytes(300_000 + Math.floor(random() * 300_000));
      const before = await disk.written();
      const broken = half(place, at, lost);
      await waitFor(async () => (await disk.written()) >= before + SEALED_AT_ONCE, 'bytes on their way');
      await node.kill();
      broken.destroy();
      if (round % 2) await disk.cut(() => random() < 0.5);
      await start();
      // Whatever of them arrived counts; what follows is something else.
      const there = Number((await client.exchange('HEAD', place, { headers: TUS })).headers.get('upload-offset'));
      assert.ok(there >= at, `${at} bytes were acknowledged, ${there} are there`);
      kept.push(lost.subarray(0, there - at));
      at = there;
    }
    const rest = randomBytes(LENGTH - at);
    assert.equal((await patch(place, at, rest)).status, 204);
    const upload = await client.get(`/uploads/${place.split('/').at(-1)}`);
    assert.equal(upload.sha256, sha256(Buffer.concat([...kept, rest])), 'what is there is what was said to be there, and what followed');
  }
  await node.kill();
  const found = examine(await disk.readWrites());
  t.diagnostic(`${found.heads} heads for ${ROUNDS} uploads`);
  assert.deepEqual(found.twice, []);
  assert.ok(found.heads > ROUNDS, 'some went on under a new head');
  assert.equal((await comity(['audit', node.dir])).code, 0);
});
