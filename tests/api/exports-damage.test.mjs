// One flipped bit anywhere in a package, and the verifier names the place: a blob, a record, a manifest, a proof, a checkpoint...
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { comity } from '../support/node.mjs';
import { exportedCase } from '../support/packages.mjs';

const { folder, whole, card } = await exportedCase(test);

/** Where each entry of the ZIP lies: name -> {header, from, to}. Stored, in order, without gaps. */
function entriesOf(zip) {
  const found = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    let size = zip.readUInt32LE(at + 18);
    const nameLength = zip.readUInt16LE(at + 26);
    const extraLength = zip.readUInt16LE(at + 28);
    const name = zip.subarray(at + 30, at + 30 + nameLength).toString();
    if (size === 0xffffffff) size = Number(zip.readBigUInt64LE(at + 30 + nameLength + 4 + 8));
    const from = at + 30 + nameLength + extraLength;
    found.set(name.slice(name.indexOf('/') + 1), { header: at, from, to: from + size });
    at = from + size;
  }
  return found;
}
const entries = entriesOf(whole);

async function verdict(bytes, name = 'bent.zip') {
  const path = join(folder, name);
  await writeFile(path, bytes);
  const { code, stdout, stderr } = await comity(['verify', path, '--trust', card, '--json']);
  const report = stdout ? JSON.parse(stdout) : null;
  const told = await comity(['verify', path]);
  return { code, report, stderr, words: told.stdout, plainCode: told.code };
}
function flip(at, bit = 0) {
  const bent = Buffer.from(whole);
  bent[at] ^= 1 << bit;
  return bent;
}
const middle = ({ from, to }) => (from + to) >> 1;
const entry = (pattern) => [...entries].find(([name]) => pattern.test(name)) ?? assert.fail(`no entry like ${pattern} in ${[...entries.keys()].join('\n')}`);

test('the whole package is intact and from a node that is trusted', async () => {
  const { code, report } = await verdict(whole, 'whole.zip');
  assert.equal(code, 0, JSON.stringify(report));
  assert.ok(entries.size > 8, [...entries.keys()].join('\n'));
});

for (const [what, pattern] of [
  ['a blob', /^data\/blobs\/[0-9a-f]{64}$/],
  ['a header of a record', /^data\/feeds\/\d+\/headers$/],
  ['an act', /^data\/feeds\/\d+\/acts$/],
  ['a confirmation', /^data\/feeds\/\d+\/confirmations$/],
  ['a manifest', /^manifest-sha256\.txt$/],
  ['the manifest of manifests', /^tagmanifest-sha256\.txt$/],
  ['a checkpoint', /^data\/feeds\/\d+\/checkpoints\//],
  ['a proof', /proof/],
  ['an anchor', /^data\/anchors\//],
  ['the card', /^data\/cards\//],
  ['what the package says of itself', /^data\/package\.json$/],
  ['what a feed says of itself', /^data\/feeds\/\d+\/feed\.json$/],
  ['bagit.txt', /^bagit\.txt$/],
  ['bag-info.txt', /^bag-info\.txt$/],
]) {
  test(`a bit of ${what}: damaged, and the place is named`, async () => {
    const [name, place] = entry(pattern);
    const { code, report, words, plainCode } = await verdict(flip(middle(place)));
    assert.equal(code, 1, `${name}: ${words}`);
    assert.equal(plainCode, 1);
    assert.ok(words.includes(name) || JSON.stringify(report).includes(name), `${name} is not named:\n${words}`);
  });
}

test('no bit of the wrapping is free: headers, names, times, the directory, the end', async () => {
  const central = whole.indexOf(Buffer.from('504b0102', 'hex'), [...entries.values()].at(-1).to);
  const places = [];
  for (const { header, from } of entries.values()) for (const at of [4, 6, 8, 10, 14, 22, 26, 29]) if (header + at < from) places.push(header + at);
  for (let at = central; at < whole.length; at += 13) places.push(at);
  const chosen = places.filter((_, n) => n % Math.ceil(places.length / 24) === 0);
  for (const at of chosen) {
    const { code, words } = await verdict(flip(at, at % 8));
    assert.equal(code, 1, `byte ${at} of ${whole.length}:\n${words}`);
  }
});

test('cut short, grown, empty, or something else: all damaged; what can’t be read is usage', async () => {
  assert.equal((await verdict(whole.subarray(0, whole.length - 1))).code, 1);
  assert.equal((await verdict(whole.subarray(0, whole.length >> 1))).code, 1);
  assert.equal((await verdict(Buffer.concat([whole, Buffer.from([0])]))).code, 1);
  assert.equal((await verdict(Buffer.concat([Buffer.from([0]), whole]))).code, 1);
  assert.equal((await verdict(Buffer.alloc(0))).code, 1);
  assert.equal((await verdict(Buffer.from('This is a letter.'))).code, 1);
  assert.equal((await comity(['verify', join(folder, 'nowhere.zip')])).code, 2);
  assert.equal((await comity(['verify', folder])).code, 2);
  assert.equal((await comity(['verify'])).code, 2);
  assert.equal((await comity(['verify', join(folder, 'whole.zip'), '--trust', join(folder, 'whole.zip')])).code, 2, 'no card');
});

test('two files changed places: damaged, although every file is there', async () => {
  const blobs = [...entries].filter(([name]) => name.startsWith('data/blobs/'));
  const bent = Buffer.from(whole);
  const nameAt = ([name, place]) => whole.indexOf(Buffer.from(name), place.header);
  const [one, two] = [nameAt(blobs[0]), nameAt(blobs[1])];
  blobs[1][0].length === blobs[0][0].length && bent.write(blobs[1][0], one) && bent.write(blobs[0][0], two);
  assert.equal((await verdict(bent)).code, 1);
});
