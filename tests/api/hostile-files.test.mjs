// Files of the extremes: many at once (--long: ten thousand), none of whose bytes are mixed up; one of 5 GiB (--long), of which only
// zeros are known; and none of them costs the node its life, or others their turn.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { sha256 } from '../support/client.mjs';
import { everyPage, inGroups } from '../support/expect.mjs';
import { LONG, waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const machine = await node.machine('Intake station', 'all');
const TUS = { 'Tus-Resumable': '1.0.0' };
const MANY = LONG ? 10_000 : 400;
const bytesOf = (n) => Buffer.from(n % 50 === 0 ? '' : `${n} `.repeat(1 + (n % 997)));

/** File @n whole, by a client that comes back where it is told to wait: 64 send at once, more than the node takes at a time. */
async function sent(space, n) {
  const [name, path, where] = [`${n}.txt`, `box ${n % 7}/${n}.txt`, space].map((text) => Buffer.from(text).toString('base64'));
  const made = await machine.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(bytesOf(n).length), 'Upload-Metadata': `filename ${name},relative_path ${path},space ${where}` } });
  assert.equal(made.status, 201);
  const place = made.headers.get('location');
  const headers = { ...TUS, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
  await waitFor(async () => {
    if (bytesOf(n).length === 0) return true;
    const answer = await machine.exchange('PATCH', place, { body: bytesOf(n), headers });
    assert.ok(answer.status === 204 || (answer.status === 503 && answer.headers.get('retry-after')), `${answer.status}`);
    return answer.status === 204;
  }, `file ${n} to be taken`);
  return place.split('/').at(-1);
}

test(`${MANY} files at once, some of them empty`, async () => {
  const opened = await machine.openCase();
  const numbers = Array.from({ length: MANY }, (_, n) => n);
  const uploads = await inGroups(numbers, 64, (n) => sent(opened.id, n));
  assert.equal((await everyPage(machine, `/uploads?space=${opened.id}&limit=100`)).length, MANY);
  const exhibits = await Promise.all(
    Array.from({ length: MANY / 200 }, (_, part) => machine.post(`/spaces/${opened.id}/evidence`, { title: `Part ${part}`, type: 'other', obtained: { how: 'other' }, uploads: uploads.slice(part * 200, part * 200 + 200) })),
  );
  let seen = 0;
  for (const [part, exhibit] of exhibits.entries()) {
    for (const file of exhibit.file_list) {
      const n = part * 200 + file.n - 1;
      assert.deepEqual([file.name, file.path, file.size, file.sha256], [`${n}.txt`, `box ${n % 7}`, bytesOf(n).length, sha256(bytesOf(n))]);
      seen++;
    }
  }
  assert.equal(seen, MANY);
  for (const n of [0, 1, 199]) assert.ok((await machine.fetchFile(opened.id, exhibits.at(-1).id, n + 1)).body.equals(bytesOf(MANY - 200 + n)));
});

test('one of 5 GiB, that is nothing but zeros', { skip: !LONG && 'only with --long' }, async () => {
  const opened = await machine.openCase();
  const size = 5 * 1024 ** 3;
  const step = Buffer.alloc(64 << 20);
  const hash = createHash('sha256');
  const metadata = `filename ${btoa('disk.img')},space ${btoa(opened.id)}`;
  const made = await machine.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(size), 'Upload-Metadata': metadata } });
  for (let offset = 0; offset < size; offset += step.length) {
    const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
    assert.equal((await machine.exchange('PATCH', made.headers.get('location'), { body: step, headers })).status, 204);
    hash.update(step);
  }
  const upload = await machine.get(`/uploads/${made.headers.get('location').split('/').at(-1)}`);
  assert.deepEqual([upload.state, upload.size, upload.sha256], ['arrived', size, hash.digest('hex')]);
  const exhibit = await machine.post(`/spaces/${opened.id}/evidence`, { title: 'Disk', type: 'disk_image', obtained: { how: 'other' }, uploads: [upload.id] });
  const end = await machine.fetchFile(opened.id, exhibit.id, 1, { Range: `bytes=${size - 5}-` });
  assert.equal(end.status, 206);
  assert.ok(end.body.equals(Buffer.alloc(5)));
});
