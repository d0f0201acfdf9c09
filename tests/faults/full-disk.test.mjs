// The disk is full: what does not fit is refused in so many words, what was acknowledged stays, reading goes on; with room again all goes on.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { sha256 } from '../support/client.mjs';
import { TestNode, comity, waitFor } from '../support/node.mjs';

const run = promisify(execFile);
const MiB = 1 << 20;

/** A small disk of its own; null where this user may not mount one. */
async function smallDisk(t) {
  const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${160 * MiB}`, 'tmpfs', folder]);
  } catch {
    await rm(folder, { recursive: true });
    t.skip('no right to mount a small disk');
    return null;
  }
  t.after(async () => {
    await run('umount', ['-l', folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

async function fill(folder, leave) {
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

test('a full disk', async (t) => {
  const folder = await smallDisk(t);
  if (!folder) return;
  const node = await TestNode.create({ folder });
  t.after(() => node.kill());
  await node.start();
  const machine = await node.machine('Intake station', 'all');
  const opened = await machine.openCase();
  const kept = randomBytes(3 * MiB);
  const exhibit = await machine.addExhibit(opened.id, { 'kept.bin': kept });
  let total = 0;

  await t.test('a file that can not fit is refused when it is announced', async () => {
    const metadata = `filename ${btoa('large')},space ${btoa(opened.id)}`;
    const answer = await machine.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(200 * MiB), 'Upload-Metadata': metadata } });
    assert.equal(answer.status, 507);
    assert.match(answer.body.detail, /room/);
  });

  await t.test('one that no longer fits stops at what is durable, and says so', async () => {
    const bytes = randomBytes(12 * MiB);
    const metadata = `filename ${btoa('large')},space ${btoa(opened.id)}`;
    const made = await machine.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata } });
    assert.equal(made.status, 201);
    const place = made.headers.get('location');
    await fill(folder, 6 * MiB);
    const refused = await machine.exchange('PATCH', place, { body: bytes, headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' } });
    assert.equal(refused.status, 507, JSON.stringify(refused.body));
    await rm(join(folder, 'filler'));
    const head = await machine.exchange('HEAD', place, { headers: { 'Tus-Resumable': '1.0.0' } });
    assert.equal(head.status, 200);
    const offset = Number(head.headers.get('upload-offset'));
    const rest = await machine.exchange('PATCH', place, { body: bytes.subarray(offset), headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' } });
    assert.equal(rest.status, 204, JSON.stringify(rest.body));
    assert.equal((await machine.get(`/uploads/${place.split('/').at(-1)}`)).sha256, sha256(bytes));
  });

  await t.test('a package that does not fit is given up with a sentence, and leaves nothing', async () => {
    await fill(folder, 2 * MiB);
    const begun = await machine.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false });
    const seen = await waitFor(async () => {
      const now = await machine.get(`/exports/${begun.id}`);
      return now.state !== 'writing' && now;
    }, 'the package to be given up');
    assert.equal(seen.state, 'failed');
    assert.match(seen.detail, /room|space/i);
    assert.deepEqual(await readdir(join(node.dir, 'exports/packages')), []);
    await rm(join(folder, 'filler'));
  });

  await t.test('a file that is fetched to a full disk is given up with the reason, and nothing half is left', async () => {
    const tokens = join(tmpdir(), `comity-test-token-${process.pid}`);
    await writeFile(tokens, machine.token, { mode: 0o600 });
    t.after(() => rm(tokens));
    await fill(folder, MiB);
    const done = await comity(['evidence', 'get', opened.id, exhibit.id, '-o', join(folder, 'out.bin'), '--server', node.origin, '--token-file', tokens], { env: { ...process.env, LC_ALL: 'C' } });
    assert.equal(done.code, 1);
    assert.match(done.stderr, /writing what came: writing: No space left on device/);
    assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('out')), []);
    await rm(join(folder, 'filler'));
  });

  await t.test('acts are refused when not even a row fits; reading goes on; nothing is half done', async () => {
    await fill(folder, 0);
    let full = 0;
    const titles = [];
    for (let n = 0; n < 400 && full < 3; n++) {
      const answer = await machine.exchange('POST', '/cases', { body: { title: `Case ${n}`, summary: 'x'.repeat(3500) } });
      if (answer.status === 201) titles.push(answer.body.title);
      else {
        assert.equal(answer.status, 507, JSON.stringify(answer.body));
        full++;
      }
    }
    assert.equal(full, 3, 'the disk was full');
    assert.equal((await fetch(`${node.origin}/healthz`)).status, 200);
    assert.equal((await machine.get(`/cases/${opened.id}`)).id, opened.id);
    await rm(join(folder, 'filler'));
    const made = await machine.post('/cases', { title: 'With room again' });
    assert.ok(made.id);
    const back = await machine.fetchFile(opened.id, exhibit.id);
    assert.equal(sha256(back.body), sha256(kept));
    total = (await machine.get('/cases?status=all&limit=1')).total;
    assert.equal(total, titles.length + 2);
  });

  await t.test('on a disk that is full to the last byte the node starts and is read, or says what it needs', async () => {
    await node.stop();
    await fill(folder, 0);
    const failed = await node.start().then(() => null, (error) => error);
    if (failed) assert.match(failed.message, /no room left on the disk/);
    else assert.equal((await machine.get(`/cases/${opened.id}`)).id, opened.id);
    await rm(join(folder, 'filler'));
    if (failed) await node.start();
    assert.ok((await machine.post('/cases', { title: 'Goes on' })).id);
    total++;
  });

  await t.test('afterwards nothing is damaged', async () => {
    await node.stop();
    const audit = await comity(['audit', node.dir]);
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    await node.start();
    assert.equal(sha256((await machine.fetchFile(opened.id, exhibit.id)).body), sha256(kept));
    assert.equal((await machine.get('/cases?status=all&limit=1')).total, total);
    await node.stop();
  });
});
