// The clock of the machine goes wrong: back an hour, back ten years, ahead ten years and back again. The order of records is that of
// their numbers and never the clock's; times in a feed do not run backwards; proofs, packages and the audit stand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { Clock, DAY, HOUR } from '../support/clock.mjs';
import { sha256 } from '../support/client.mjs';
import { everyPage } from '../support/expect.mjs';
import { TestNode, comity, waitFor } from '../support/node.mjs';

const TEN_YEARS = 3652 * DAY;
const node = await TestNode.create();
test.after(() => node.remove());
const clock = await Clock.create(node.folder);
const start = () => node.start([], { env: clock.env });
await start();
const machine = await node.machine('Day and night', 'all');
const opened = await machine.openCase();
const exhibits = [];

/** An exhibit taken in, read, and a package made that the verifier accepts. */
async function work(name) {
  const bytes = Buffer.from(name.repeat(5000));
  const exhibit = await machine.addExhibit(opened.id, { [name]: bytes });
  exhibits.push(exhibit.number);
  assert.equal(sha256((await machine.fetchFile(opened.id, exhibit.id)).body), sha256(bytes));
  const begun = await machine.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: true });
  const ready = await waitFor(async () => {
    const seen = await machine.get(`/exports/${begun.id}`);
    return seen.state !== 'writing' && seen;
  }, 'the package');
  assert.equal(ready.state, 'ready', ready.detail);
  const path = join(node.folder, 'package.zip');
  await writeFile(path, (await machine.exchange('GET', ready.file, { raw: true })).body);
  const verified = await comity(['verify', path]);
  assert.equal(verified.code, 3, `whole, of a node that nobody pinned: ${verified.stdout}`);
  const proof = await machine.get(`/spaces/${opened.id}/evidence/${exhibit.id}/proof`);
  assert.ok(proof, 'the exhibit has a proof');
}

/** Records, oldest first: their numbers without a gap, their times never back, each valid. */
async function inOrder() {
  const records = (await everyPage(machine, `/spaces/${opened.id}/records?limit=200`)).reverse();
  assert.deepEqual(records.map((record) => record.seq), records.map((_, n) => n));
  assert.ok(records.every((record) => record.class === 'valid'));
  assert.equal(new Set(records.map((record) => record.epoch)).size, 1, 'a clock is no reason for a new epoch');
  const times = records.map((record) => record.time);
  assert.deepEqual(times, [...times].sort(), 'times do not run backwards');
  const listed = (await everyPage(machine, `/spaces/${opened.id}/evidence?limit=200`)).map((item) => item.number);
  assert.deepEqual(listed.sort(), [...exhibits].sort());
}

const STEPS = [
  ['as it should be', 0],
  ['an hour back', -HOUR],
  ['ten years back', -TEN_YEARS],
  ['right again', TEN_YEARS + HOUR],
];

for (const [what, seconds] of STEPS) {
  test(`the clock is ${what}: while the node runs, and at its start`, async () => {
    await clock.forward(seconds);
    await work(`${what}, running.txt`);
    await inOrder();
    await node.stop();
    await start();
    await work(`${what}, started.txt`);
    await inOrder();
    const audit = await comity(['audit', node.dir]);
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  });
}

test('a person signs in and confirms while the clock is ten years back', async () => {
  await clock.forward(-TEN_YEARS);
  const mira = await node.person('Mira Tellan', ['investigator']);
  const mine = await mira.openCase();
  const exhibit = await mira.addExhibit(mine.id, { 'a.txt': Buffer.from('a') });
  assert.equal((await mira.confirm(await mira.post(`/spaces/${mine.id}/evidence/${exhibit.id}/seal`, { reason: 'Closed.' }))).state, 'sealed');
  await clock.forward(TEN_YEARS);
});

test('ten years ahead and back: what was written in the future stays before what follows', async () => {
  await clock.forward(TEN_YEARS);
  const future = Object.assign(node.client(), { token: await node.token('Future', 'all') });
  assert.ok(await future.openCase());
  await clock.forward(-TEN_YEARS);
  await work('after the future.txt');
  await inOrder();
  await node.stop();
  assert.equal((await comity(['audit', node.dir])).code, 0);
});
