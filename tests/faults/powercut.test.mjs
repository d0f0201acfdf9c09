// The power goes in the middle of work: of what was not synced, nothing is left, or whatever chance leaves of it, names and sectors one
// by one. What was acknowledged is there, to the byte; nothing is damaged; nothing is half done.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { everyPage } from '../support/expect.mjs';
import { seeded } from '../support/ground.mjs';
import { Load } from '../support/load.mjs';
import { LONG, TestNode, comity } from '../support/node.mjs';
import { Disk } from '../support/powercut.mjs';

const ROUNDS = LONG ? 100 : 10;
const random = seeded(1);
/** By turns: nothing is left, everything is, and each thing for itself. */
const KEEPS = [() => false, () => random() < 0.5, () => random() < 0.1, () => random() < 0.9, () => true];

const node = await TestNode.create();
test.after(() => node.remove());
await node.start();
const load = await Load.create(node);
await node.stop();
const disk = await Disk.create(node);
const start = () => node.start([], { env: disk.env });

test(`${ROUNDS} power cuts under load`, { timeout: LONG ? 5_000_000 : 600_000 }, async (t) => {
  await start();
  for (let round = 1; round <= ROUNDS; round++) {
    await load.until(3 + ((round * 7) % 40), () => node.kill());
    await disk.cut(KEEPS[round % KEEPS.length]);
    await start();
    await load.checkAcknowledged();
    const audit = await comity(['audit', node.dir]);
    assert.equal(audit.code, 0, `after cut ${round}: ${audit.stdout}${audit.stderr}`);
  }
  await load.finish();
  t.diagnostic(`${load.cases.size} cases, ${load.exhibits.size} exhibits, ${load.packages.size} packages`);
});

test('every byte that was made an exhibit or a package is there', () => load.checkBytes());

test('a cut is no reason for a new epoch, and no record is void', async () => {
  const records = await everyPage(load.client(), `/spaces/${load.opened.id}/records?limit=200`);
  assert.equal(new Set(records.map((record) => record.epoch)).size, 1);
  assert.ok(records.every((record) => record.class === 'valid'));
});

test('no package is left that nobody knows', async () => {
  const known = new Set((await everyPage(load.client(), `/spaces/${load.opened.id}/exports?limit=200`)).map((item) => item.id));
  for (const name of await readdir(join(node.dir, 'exports/packages'))) assert.ok(known.has(name), name);
});
