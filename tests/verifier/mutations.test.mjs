// Random changes to good packages, seeded: both verifiers say the same of each, to the byte. 10,000 with --long; otherwise as many
// as fit the time, the first hundred in any case.
import assert from 'node:assert/strict';
import test from 'node:test';
import { LONG } from '../support/node.mjs';
import { inOrder, join, piecesOf } from '../support/package.mjs';
import { exportedCase } from '../support/packages.mjs';
import { bothSayOf } from '../support/verifiers.mjs';

const { folder, whole, part } = await exportedCase(test);
const LEAST = 100;
const MOST = LONG ? 10_000 : 3_000;
const TIME_MS = LONG ? Infinity : 60_000;

/** Numbers below n, the same for the same seed. */
function chance(seed) {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * n);
  };
}

const LIKELY = '0123456789abcdef"\n/.-_,:{}[] =+AZ';

/** One change: a bit, a byte, a likely character, a run lost, added, repeated elsewhere, or the end cut off. */
function change(bytes, below) {
  const at = below(bytes.length);
  const run = Math.min(bytes.length - at, 1 + below(40));
  switch (below(8)) {
    case 0:
      bytes[at] ^= 1 << below(8);
      return bytes;
    case 1:
      bytes[at] = below(256);
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + run)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(Array.from({ length: run }, () => below(256))), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + run), bytes.subarray(at)]);
    case 5:
      bytes.copyWithin(below(bytes.length - run + 1), at, at + run);
      return bytes;
    case 6:
      return below(4) === 0 ? bytes.subarray(0, at) : bytes;
    default:
      bytes[at] = LIKELY.charCodeAt(below(LIKELY.length));
      return bytes;
  }
}

/** Half of the changes are made by a forger without a key: one file is changed, and all manifests fit again. */
function mutated(package_, below) {
  if (below(2) === 0) return change(Buffer.from(package_), below);
  const pieces = piecesOf(package_);
  const chosen = pieces[below(pieces.length)];
  if (chosen.bytes.length > 0) chosen.bytes = change(chosen.bytes, below);
  return join(inOrder(pieces));
}

test('random changes: one verdict, one place', { timeout: 3_600_000 }, async (context) => {
  const end = Date.now() + TIME_MS;
  let seed = 1;
  const seen = {};
  for (; seed <= MOST && (seed <= LEAST || Date.now() < end); seed++) {
    const { report } = await bothSayOf(mutated(seed % 2 ? whole : part, chance(seed)), folder, [], `seed ${seed}`);
    const code = report.damages[0]?.code ?? 'intact';
    seen[code] = (seen[code] ?? 0) + 1;
  }
  context.diagnostic(`${seed - 1} changes: ${JSON.stringify(seen)}`);
  assert.ok(Object.keys(seen).length > 10, JSON.stringify(seen));
});
