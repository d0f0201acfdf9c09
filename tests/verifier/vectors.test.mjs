// The vectors of others that concern a verifier, in the engine of verify.html (the unit tests in C ask the program the same), and
// their archives and bags in both. Absent vectors count as skipped.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path, relative } from 'node:path';
import test from 'node:test';
import { ROOT, SHARED } from '../support/node.mjs';
import { join } from '../support/package.mjs';
import { bothSay, bothSayOf } from '../support/verifiers.mjs';

const engine = (name) => import(path(ROOT, 'verifier/src/engine', `${name}.ts`));
const { verifyEd25519 } = await engine('ed25519');
const { isConsistent, leafHash, nodeHash, rootOfInclusion } = await engine('merkle');
const { checkNote, parseCheckpoint, SIGNATURE, COSIGNATURE } = await engine('note');
const { parseCose, confirms } = await engine('passkey');
const { parseJson } = await engine('json');
const { base64, equal, fromHex } = await engine('bytes');

const VECTORS = path(SHARED, 'vectors');
const skip = existsSync(VECTORS) ? false : 'no vectors here';
const bytesOf = (name) => readFile(path(VECTORS, name));
const jsonOf = async (name) => JSON.parse(await readFile(path(VECTORS, name), 'utf8'));
const filesOf = async (name) => (await readdir(path(VECTORS, name), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path(entry.parentPath, entry.name)).sort();
const folder = await mkdtemp(path(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true }));

test('edge cases of Ed25519 (CCTV): 43 of 914', { skip }, async () => {
  const accepted = new Set((await readFile(path(VECTORS, 'cctv/accepted-by-our-rule.txt'), 'utf8')).trim().split(/\s+/).map(Number));
  const cases = await jsonOf('cctv/ed25519vectors.json');
  const good = cases.filter(({ key, sig, msg }) => verifyEd25519(fromHex(key), Buffer.from(msg), fromHex(sig))).map(({ number }) => number);
  assert.equal(cases.length, 914);
  assert.deepEqual(good, [...accepted].sort((a, b) => a - b));
});

/** Every case of a file of Wycheproof: `keyOf` makes a check of a group. */
async function wycheproof(name, keyOf) {
  const { testGroups } = await jsonOf(`wycheproof/${name}.json`);
  let count = 0;
  for (const group of testGroups) {
    const key = keyOf(group);
    if (key === undefined) continue; // no key that a credential could have
    for (const { tcId, msg, sig, result } of group.tests) {
      assert.equal(key(fromHex(msg), fromHex(sig)), result === 'valid', `${name} ${tcId}`);
      count++;
    }
  }
  return count;
}
const ofCose = (hex) => (message, signature) => parseCose(fromHex(hex))?.verify(message, signature) ?? false;
const pad = (hex) => hex.replace(/^00/, '').padStart(64, '0');

test('Ed25519 (Wycheproof)', { skip }, async () => {
  assert.equal(await wycheproof('ed25519_test', ({ publicKey }) => (message, signature) => verifyEd25519(fromHex(publicKey.pk), message, signature)), 151);
});

test('ES256 (Wycheproof)', { skip }, async () => {
  assert.equal(await wycheproof('ecdsa_secp256r1_sha256_test', ({ publicKey }) => ofCose(`a5010203262001215820${pad(publicKey.wx)}225820${pad(publicKey.wy)}`)), 484);
});

test('RS256 (Wycheproof)', { skip }, async () => {
  const ofRsa = ({ publicKeyAsn }) => {
    const [, modulus] = /^3082....0282....(?:00)?([0-9a-f]{512})0203010001$/.exec(publicKeyAsn) ?? [];
    return modulus && ofCose(`a401030339010020590100${modulus}2143010001`);
  };
  assert.ok((await wycheproof('rsa_signature_2048_sha256_test', ofRsa)) >= 250);
});

test('proofs of RFC 6962: 12 good, 184 bad', { skip }, async () => {
  const parse = (text) => JSON.parse(text, (_, value, { source } = {}) => (typeof value === 'number' ? BigInt(source) : value));
  const bytes = (text) => base64(text ?? '') ?? new Uint8Array();
  const hashes = (...all) => all.every((hash) => hash.length === 32); // what is no hash is no proof's: its file is refused
  const inclusion = ({ leafIdx, treeSize, root, leafHash: leaf, proof }) => {
    const found = rootOfInclusion(bytes(leaf), leafIdx, treeSize, (proof ?? []).map(bytes));
    return found !== null && hashes(bytes(leaf), ...(proof ?? []).map(bytes)) && equal(found, bytes(root));
  };
  const consistency = ({ size1, size2, root1, root2, proof }) =>
    (size1 === size2 || hashes(bytes(root1), bytes(root2), ...(proof ?? []).map(bytes))) && isConsistent(size1, bytes(root1), size2, bytes(root2), (proof ?? []).map(bytes));
  const seen = { true: 0, false: 0 };
  for (const [kind, holds] of [['inclusion', inclusion], ['consistency', consistency]]) {
    for (const name of await filesOf(`merkle/${kind}`)) {
      const one = parse(await readFile(name, 'utf8'));
      const good = holds(one);
      assert.equal(good, !one.wantErr, relative(VECTORS, name));
      seen[good]++;
    }
  }
  assert.deepEqual(seen, { true: 12, false: 184 });
});

/** A verifier key as others write it: name+hash+base64(type || key). */
function keyOf(text) {
  const [name, , spelled] = text.split('+', 2).concat(text.split('+').slice(2).join('+'));
  const bytes = base64(spelled);
  return { name, type: bytes[0] === 4 ? COSIGNATURE : SIGNATURE, bytes: bytes.subarray(1) };
}

test('checkpoints that others signed (Tessera), and every byte of one changed', { skip }, async () => {
  const key = keyOf('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
  for (let size = 0; size <= 15; size++) {
    const checkpoint = parseCheckpoint(await bytesOf(`tessera/log/checkpoint.${size}`));
    assert.equal(checkpoint?.size, BigInt(size));
    assert.ok(checkNote(checkpoint.note, [key]), `checkpoint.${size}`);
  }
  const whole = await bytesOf('tessera/log/checkpoint.7');
  for (let at = 0; at < whole.length; at++) {
    const bent = Buffer.from(whole);
    bent[at] ^= 1;
    const parsed = parseCheckpoint(bent);
    assert.ok(!parsed || !checkNote(parsed.note, [key]), `byte ${at}`);
  }
  const tile = await bytesOf('tessera/log/tile/0/000.p/2');
  const { root } = parseCheckpoint(await bytesOf('tessera/log/checkpoint.2'));
  assert.ok(equal(nodeHash(tile.subarray(0, 32), tile.subarray(32, 64)), root));
  assert.equal(leafHash(new Uint8Array()).length, 32);
});

test('checkpoints that others cosigned (Sunlight), and decoys', { skip }, async () => {
  const cosigned = { 'witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706': 'witness/witness.v0.json', 'witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706': 'witness/mirror/mirror.v0.json', 'witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482': 'witness2/witness.v0.json' };
  for (const [name, about] of Object.entries(cosigned)) {
    const key = keyOf((await jsonOf(`sunlight/testdata/${about}`)).verifier_keys[0]);
    const good = checkNote(parseCheckpoint(await bytesOf(`sunlight/testdata/${name}/checkpoint`)).note, [key]);
    assert.deepEqual(good?.map(({ seconds }) => seconds), [1767139200n], name);
  }
  for (const decoy of ['witness/checkpoint', 'witness/mirror/checkpoint']) assert.equal(parseCheckpoint(await bytesOf(`sunlight/testdata/${decoy}`)), null, decoy);
});

test('assertions of W3C: every signature of an algorithm of ours', { skip }, async () => {
  const { vectors, origin } = await jsonOf('webauthn/webauthn-vectors.json');
  const seen = [];
  for (const { name, alg, assertion, publicKeyCose: cose } of vectors) {
    if (![-7, -8, -257].includes(alg) || name === 'packed-ed448') continue;
    const key = parseCose(fromHex(cose));
    const [data, client, signature] = ['authenticatorData', 'clientDataJSON', 'signature'].map((member) => fromHex(assertion[member]));
    assert.ok(key.verify(Buffer.concat([data, createHash('sha256').update(client).digest()]), signature), name);
    const challenge = Buffer.from(JSON.parse(Buffer.from(client)).challenge, 'base64url');
    if (confirms({ credential: '', authenticatorData: data, clientData: client, signature }, fromHex(cose), challenge, origin)) seen.push(name);
  }
  assert.deepEqual(seen, ['none-es256-long-credential-id', 'packed-es256', 'tpm-es256']);
});

test('strict JSON (JSONTestSuite): 340 files', { skip }, async () => {
  const rows = (await readFile(path(VECTORS, 'jsontestsuite/expected.tsv'), 'utf8')).trim().split('\n').slice(1).map((row) => row.split('\t'));
  assert.equal(rows.length, 340);
  for (const [name, , record, , wrapped] of rows) {
    const bytes = await bytesOf(`jsontestsuite/${name}`);
    assert.equal(parseJson(bytes, true) !== null, record === 'accept', name);
    assert.equal(parseJson(Buffer.concat([Buffer.from('{"v":'), bytes, Buffer.from('}')]), true) !== null, wrapped === 'accept', `${name}, wrapped`);
  }
});

test('archives of others are no packages, and both say so at the same place', { skip }, async () => {
  let count = 0;
  for (const name of ['yauzl', 'zip2', 'zip-slip']) {
    for (const archive of (await filesOf(name)).filter((file) => file.endsWith('.zip'))) {
      assert.equal((await bothSay(archive)).code, 1, archive);
      count++;
    }
  }
  assert.ok(count >= 80, `${count}`);
});

test('bags of others, zipped, are no packages either', { skip }, async () => {
  const bags = new Map();
  for (const file of await filesOf('bagit')) {
    const found = /bagit\/(v[^/]+\/[^/]+\/[^/]+)\/(.+)$/.exec(file);
    if (found) bags.set(found[1], [...(bags.get(found[1]) ?? []), { name: found[2], bytes: await readFile(file) }]);
  }
  assert.equal(bags.size, 46);
  for (const [name, pieces] of bags) assert.equal((await bothSayOf(join(pieces, 'bag'), folder, [], name)).code, 1, name);
});
