// Bits flip on the disk: in the database, in blobs, in the high-water file, in the keyring. Each one is found: `comity audit` names it
// and says what mends it, or nothing starts and says why. What it can't find stands in docs/operations.md.
import assert from 'node:assert/strict';
import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { Ground, seeded } from '../support/ground.mjs';
import { LONG, comity } from '../support/node.mjs';

const FLIPS = LONG ? 1000 : 64;
const random = seeded(20);
const MENDS = /backup|rebuild|[Mm]ove it away|writes its mark again|Send the file again|signs it again/;

/** Files of the data directory that hold more than this machine needs for itself, each with its share of all flips. */
async function targets(dir) {
  const blobs = (await readdir(join(dir, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return [
    [0.5, 'database'],
    [0.3, ...blobs.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))],
    [0.15, 'highwater'],
    [0.05, 'keyring'],
  ];
}

async function flip(path, at, bit) {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] ^= 1 << bit;
  await file.write(byte, 0, 1, at);
  await file.close();
}

/** A place in @length bytes; the first and the last ones more often than chance would have it. */
function placeIn(length) {
  const kind = random();
  if (kind < 0.1) return Math.floor(random() * Math.min(length, 200));
  if (kind < 0.2) return length - 1 - Math.floor(random() * Math.min(length, 200));
  return Math.floor(random() * length);
}

test(`${FLIPS} flipped bits, one at a time`, { timeout: LONG ? 5_000_000 : 600_000 }, async (t) => {
  const ground = await Ground.create();
  t.after(() => ground.remove());
  const { dir } = ground.node;
  const missed = [];
  const counts = {};
  await ground.reset();
  for (const [share, ...names] of await targets(dir)) {
    for (let n = 0; n < FLIPS * share; n++) {
      const name = names[Math.floor(random() * names.length)];
      await ground.reset();
      const path = join(dir, name);
      const at = placeIn((await readFile(path)).length);
      const bit = Math.floor(random() * 8);
      await flip(path, at, bit);
      const audit = await comity(['audit', dir], { timeout: 120_000 });
      const said = audit.stdout + audit.stderr;
      const kind = name.split('/')[0];
      counts[kind] = (counts[kind] ?? 0) + 1;
      const named = kind === 'blobs' ? said.includes(`blobs/${name.split('/').at(-1).slice(0, 16)}`) : said.includes(kind);
      if (audit.code !== 1 || !named || !MENDS.test(said)) missed.push(`${name} byte ${at} bit ${bit}: exit ${audit.code}\n${said}`);
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(missed, [], missed.join('\n'));
});

test('a flipped bit in a package is found by who fetches it', async (t) => {
  const ground = await Ground.create();
  t.after(() => ground.remove());
  const [name] = await readdir(join(ground.node.dir, 'exports/packages'));
  const path = join(ground.node.dir, 'exports/packages', name);
  const bytes = await readFile(path);
  for (const at of [3, 40, Math.floor(bytes.length / 2), bytes.length - 1]) {
    await ground.reset();
    await flip(path, at, 0);
    await ground.node.start();
    const client = ground.client();
    const seen = await client.get(`/exports/${ground.package.id}`);
    const whole = await client.exchange('GET', seen.file, { raw: true }).then((answer) => answer.status === 200 && answer.body.length === seen.size, () => false);
    assert.equal(whole, false, `byte ${at}: nothing that is damaged is given out as whole`);
    await ground.node.kill();
  }
});

test('a flipped bit in the log of a node that was killed: what follows it is lost, and that is said', async (t) => {
  const ground = await Ground.create();
  t.after(() => ground.remove());
  const { node } = ground;
  for (const part of [0.1, 0.5]) {
    await ground.reset();
    await node.start();
    for (let n = 0; n < 5; n++) await ground.client().openCase({ title: `Case ${n}` });
    await node.kill();
    const path = join(node.dir, 'database-wal');
    await flip(path, Math.floor((await readFile(path)).length * part), 3);
    await node.start();
    assert.match(node.log, /The database is an older copy than this node has had, or was moved \(behind\)/, `at ${part} of the log`);
    await ground.stands(`at ${part} of the log`);
  }
});
