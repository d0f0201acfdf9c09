// The way of an exhibit: what is claimed of the time before, what is proven since; its proof, and checking it again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ended, refused } from '../support/expect.mjs';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const jon = await node.person('Jon Arvik', ['prosecutor']);
const opened = await mira.openCase();
await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: (await jon.get('/me')).person.id }));
const at = `/spaces/${opened.id}/evidence`;

test('each step is there, in order, with who, when, and how firmly it stands', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const more = await mira.upload(opened.id, 'b.txt', Buffer.from('b'));
  await mira.post(`${at}/${exhibit.id}/files`, { uploads: [more] });
  const read = await mira.exchange('GET', `${at}/${exhibit.id}`);
  await mira.call('PATCH', `${at}/${exhibit.id}`, { body: { title: 'Two letters', reason: 'Better.' }, headers: { 'If-Match': read.headers.get('etag') } });
  await jon.fetchFile(opened.id, exhibit.id, 2);
  await mira.confirm(await mira.post(`${at}/${exhibit.id}/seal`, { seal_number: 'S-1', reason: 'Closed.' }));
  const now = await jon.get(`${at}/${exhibit.id}`);
  assert.deepEqual(now.custody.map((step) => [step.kind, step.by.name, step.claimed, step.confirmed]), [
    ['collected', 'Mira Tellan', true, 'none'],
    ['taken_in', 'Mira Tellan', false, 'not_needed'],
    ['extended', 'Mira Tellan', false, 'not_needed'],
    ['corrected', 'Mira Tellan', false, 'not_needed'],
    ['downloaded', 'Jon Arvik', false, 'not_needed'],
    ['sealed', 'Mira Tellan', false, 'person'],
  ]);
  const [collected, ...proven] = now.custody;
  assert.equal(collected.time, '2026-11-12T09:14:00.000Z', 'the time that somebody names');
  assert.equal(collected.proof.state, 'claimed');
  for (const step of proven) {
    assert.equal(step.proof.state, 'proven', step.kind);
    assert.match(step.record.leaf, /^[0-9a-f]{64}$/);
  }
  assert.deepEqual(now.custody[2].files, [2]);
  assert.deepEqual(now.custody[4].files, [2]);
  assert.deepEqual(now.verdict, { unchanged_since: now.custody[1].time, anchored_at: now.custody[1].proof.anchored_at, proven: 5, claimed: 1, at_same_time: 0, damaged: 0 });
  assert.equal((await jon.get(at)).items.find((item) => item.id === exhibit.id).opened_by_me, true);
  assert.equal((await mira.get(at)).items.find((item) => item.id === exhibit.id).opened_by_me, false);
});

test('the proof of its record verifies with a few hashes, by anybody', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'proof.txt': Buffer.from('p') });
  const proof = await mira.get(`${at}/${exhibit.id}/proof`);
  const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
  let hash = sha(Buffer.from([0]), Buffer.from(proof.header));
  assert.equal(hash.toString('hex'), proof.record.leaf);
  assert.equal(JSON.parse(proof.header).act, `sha256:${createHash('sha256').update(proof.act).digest('hex')}`);

  const lines = proof.tlog_proof.split('\n');
  assert.equal(lines[0], 'c2sp.org/tlog-proof@v1');
  let index = BigInt(/^index (\d+)$/.exec(lines.find((line) => line.startsWith('index')))[1]);
  const end = lines.indexOf('');
  const siblings = lines.slice(lines.findIndex((line) => line.startsWith('index')) + 1, end).map((line) => Buffer.from(line, 'base64'));
  const checkpoint = lines.slice(end + 1).join('\n');
  assert.equal(checkpoint, proof.checkpoint);
  const [origin, size, root] = checkpoint.split('\n');
  assert.ok(origin.startsWith(`${node.name}/${opened.id}/`), origin);
  let last = BigInt(size) - 1n;
  for (const sibling of siblings) {
    // RFC 9162 section 2.1.3.2
    if (index & 1n || index === last) {
      hash = sha(Buffer.from([1]), sibling, hash);
      while (!(index & 1n) && index !== 0n) [index, last] = [index >> 1n, last >> 1n];
    } else hash = sha(Buffer.from([1]), hash, sibling);
    [index, last] = [index >> 1n, last >> 1n];
  }
  assert.equal(hash.toString('base64'), root);

  const file = await mira.exchange('GET', `${at}/${exhibit.id}/proof`, { headers: { Accept: 'text/plain' } });
  assert.equal(file.body, proof.tlog_proof);
  assert.match(file.headers.get('content-disposition'), /A-\d{4}\.tlog-proof/);
});

test('checking again reads every byte: whole, or the file and the reason are named', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'good.bin': Buffer.alloc(40_000, 'good'), 'bad.bin': Buffer.alloc(40_000, 'bad') });
  const before = await blobs();
  const check = async () => {
    const started = await mira.exchange('POST', `${at}/${exhibit.id}/check`);
    assert.equal(started.status, 202);
    assert.equal(started.headers.get('location'), `/api/v1/jobs/${started.body.id}`);
    const job = await ended(mira, started.body, waitFor);
    assert.equal(job.state, 'done', job.detail);
    return job.result;
  };
  const whole = await check();
  assert.equal(whole.ok, true);
  assert.deepEqual(whole.files, [{ n: 1, ok: true }, { n: 2, ok: true }]);
  assert.ok(whole.records.length >= 1 && whole.records.every((record) => record.ok));

  const started = await mira.post(`${at}/${exhibit.id}/check`);
  await refused(jon.get(`/jobs/${started.id}`), 404);

  const damaged = await damageOneOf(before.slice(-2));
  const hurt = await check();
  assert.equal(hurt.ok, false);
  assert.equal(hurt.files.filter((file) => !file.ok).length, 1, JSON.stringify(hurt.files));
  const bad = hurt.files.find((file) => !file.ok);
  assert.ok(bad.reason.length > 10, bad.reason);
  const ticket = await mira.post(`${at}/${exhibit.id}/readings`, { what: 'opened', files: [bad.n] });
  const answer = await fetch(`${node.origin}${ticket.base}files/${bad.n}?download=1`).then((got) => got.arrayBuffer()).catch((error) => error);
  assert.ok(answer instanceof Error || Buffer.from(answer).length < 40_000, 'no damaged byte is handed out as evidence');
  await damaged.mend();
  assert.equal((await check()).ok, true);
});

/** Blob files, the oldest first. */
async function blobs() {
  const found = [];
  for (const entry of await readdir(join(node.dir, 'blobs'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) found.push(join(entry.parentPath, entry.name));
  const times = await Promise.all(found.map(async (path) => [(await import('node:fs/promises')).stat(path).then((about) => about.mtimeMs), path]));
  const known = await Promise.all(times.map(async ([time, path]) => [await time, path]));
  return known.toSorted((a, b) => a[0] - b[0]).map(([, path]) => path);
}

async function damageOneOf(paths) {
  const path = paths[0];
  const whole = await readFile(path);
  const bent = Buffer.from(whole);
  bent[bent.length >> 1] ^= 1;
  await writeFile(path, bent);
  return { mend: () => writeFile(path, whole) };
}
