// Killed with -9 in the middle of work, again and again: what was acknowledged is there, to the byte; nothing is damaged.
import assert from 'node:assert/strict';
import test from 'node:test';
import { everyPage } from '../support/expect.mjs';
import { Load } from '../support/load.mjs';
import { LONG, comity, withNode } from '../support/node.mjs';

const ROUNDS = LONG ? 200 : 25;
const node = await withNode(test);
const load = await Load.create(node);

test(`${ROUNDS} rounds of kill -9 under load`, { timeout: LONG ? 5_000_000 : 600_000 }, async (t) => {
  for (let round = 1; round <= ROUNDS; round++) {
    // A moment of the load's own choosing: after some more acknowledgements, another number in each round.
    await load.until(3 + ((round * 7) % 40), () => node.kill());
    await node.start();
    await load.checkAcknowledged();
    if (round % 5 === 0 || round === ROUNDS) {
      const audit = await comity(['audit', node.dir]);
      assert.equal(audit.code, 0, `after round ${round}: ${audit.stdout}${audit.stderr}`);
    }
  }
  await load.finish();
  t.diagnostic(`${load.cases.size} cases, ${load.exhibits.size} exhibits, ${load.packages.size} packages`);
});

test('every byte that was made an exhibit or a package is there', () => load.checkBytes());

test('the feed has no gap and no fork, and rows are what the records say', async () => {
  const records = await everyPage(load.client(), `/spaces/${load.opened.id}/records?limit=200`);
  assert.deepEqual(records.map((record) => record.seq), Array.from(records, (_, n) => records.length - 1 - n));
  assert.equal(new Set(records.map((record) => record.epoch)).size, 1, 'a kill is no reason for a new epoch');
  assert.ok(records.every((record) => record.class === 'valid'));
  const digest = (await comity(['debug', 'digest', node.dir])).stdout;
  await node.kill();
  assert.equal((await comity(['rebuild', node.dir])).code, 0);
  assert.equal((await comity(['debug', 'digest', node.dir])).stdout, digest);
  assert.equal((await comity(['audit', node.dir])).code, 0);
});
