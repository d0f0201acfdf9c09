// Systematic damage to good packages: each kind is named, and both verifiers name the same one, at the same place.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join as path } from 'node:path';
import test from 'node:test';
import { Lane, Node, packageOf } from '../support/forger.mjs';
import { inOrder, join, piece, pieceLike, piecesOf, sorted } from '../support/package.mjs';
import { ROOT } from '../support/node.mjs';
import { exportedCase } from '../support/packages.mjs';
import { bothSayOf } from '../support/verifiers.mjs';

const { folder, whole, part, card } = await exportedCase(test);
const trust = ['--trust', card];
const FEED = /^data\/feeds\/1\//;
const CHECKPOINT = /checkpoints\/\d+\.checkpoint$/;

/** Pieces of the whole package after `change`; as they are, or with all manifests put in order (a forger without a key). */
const asIs = (change, of = whole) => join(changed(change, of));
const forged = (change, of = whole) => join(inOrder(changed(change, of)));
function changed(change, of) {
  const pieces = piecesOf(of);
  return change(pieces) ?? pieces;
}

const flip = (bytes, at = bytes.length >> 1) => (bytes[at] ^= 1);
const text = (one, from, to) => {
  const before = one.bytes.toString();
  assert.ok(typeof from === 'string' ? before.includes(from) : from.test(before), `${one.name} has no ${from}`);
  one.bytes = Buffer.from(before.replace(from, to));
};
const lines = (one, change) => {
  const list = one.bytes.toString().split('\n').slice(0, -1);
  one.bytes = Buffer.from([...(change(list) ?? list), ''].join('\n'));
};
const swapLines = (a, b) => (list) => void ([list[a], list[b]] = [list[b], list[a]]);
const without = (pattern) => (pieces) => pieces.filter(({ name }) => !pattern.test(name));
const withFile = (name, bytes) => (pieces) => sorted([...pieces, { name, bytes: Buffer.from(bytes) }]);
const record = (change) => (pieces) => ['headers', 'acts', 'confirmations'].forEach((name) => lines(piece(pieces, `data/feeds/1/${name}`), change));
const spliced = (at, gone, put = []) => Buffer.concat([whole.subarray(0, at), Buffer.from(put), whole.subarray(at + gone)]);
const patched = (at, put) => spliced(at, put.length, put);
/** The part claims to hold everything on a subject whose acts it withholds. */
function oneSubjectMore(pieces) {
  const [headers, acts] = ['headers', 'acts'].map((name) => piece(pieces, `data/feeds/1/${name}`).bytes.toString().split('\n'));
  const { subject } = headers.filter((line, n) => line && acts[n] === '').map(JSON.parse).find((header) => !header.lasting);
  text(piece(pieces, 'data/package.json'), /"subjects":(\[[^\]]+\])/, (_, list) => `"subjects":${JSON.stringify([...JSON.parse(list), subject].sort())}`);
}
const second = piecesOf(whole)[1];
const central = whole.indexOf(Buffer.from('504b0102', 'hex'), piecesOf(whole).at(-1).from);
const end = whole.length;
const blobs = piecesOf(whole).filter(({ name }) => name.startsWith('data/blobs/'));

const kinds = {
  // A bit of every kind of file, by accident.
  ...Object.fromEntries(
    ['bagit\\.txt', 'bag-info\\.txt', 'manifest-sha256\\.txt', 'package\\.note', 'tagmanifest-sha256\\.txt', 'data/package\\.json', 'feed\\.json', 'headers', 'acts', 'confirmations',
      'checkpoints/\\d+\\.checkpoint', 'proofs/\\d+\\.tlog-proof', 'data/blobs/.*', '\\.anchored', 'anchor\\.tlog-proof', 'cards/.*\\.card', 'data/verify\\.html'].map((name) => [
      `a bit of ${name.replaceAll('\\', '')}`, [/^(file\.changed|bag\.)/, asIs((pieces) => void flip(pieceLike(pieces, new RegExp(`${name}$`)).bytes))]]),
  ),
  // The same by somebody who puts the manifests in order.
  'a card rewritten': ['card.signature', forged((pieces) => text(pieceLike(pieces, /\.card$/), 'Alvaria', 'Brennia'))],
  'a card of another country': ['card.malformed', forged((pieces) => text(pieceLike(pieces, /\.card$/), 'country AV', 'country av'))],
  'no card': ['card.missing', forged(without(/\.card$/))],
  'a card renumbered': ['card.name', forged((pieces) => void (pieceLike(pieces, /\.card$/).name = 'data/cards/alv.node.test/2.card'))],
  'an act rewritten': ['record.act', forged((pieces) => text(piece(pieces, 'data/feeds/1/acts'), '"salt":"', '"salt":"0'))],
  'acts swapped': ['record.act', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), swapLines(2, 3)))],
  'confirmations swapped': ['record.confirmation', forged((pieces) => lines(piece(pieces, 'data/feeds/1/confirmations'), swapLines(-2, 0) && ((list) => void list.reverse())))],
  'records swapped': ['record.header', forged(record(swapLines(2, 3)))],
  'a record left out': ['record.header', forged(record((list) => list.filter((_, n) => n !== 3)))],
  'the last record left out': ['checkpoint.consistency', forged(record((list) => list.slice(0, -1)))],
  'the first record left out': ['record.header', forged(record((list) => list.slice(1)))],
  'a record twice': ['record.header', forged(record((list) => [...list.slice(0, 3), list[2], ...list.slice(3)]))],
  'a header that is none': ['record.header', forged((pieces) => lines(piece(pieces, 'data/feeds/1/headers'), (list) => list.with(4, '{}')))],
  'an endless header': ['record.header', forged((pieces) => lines(piece(pieces, 'data/feeds/1/headers'), (list) => list.with(4, 'x'.repeat(3_000_000))))],
  'an endless act': ['record.act', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), (list) => list.with(4, 'x'.repeat(3_000_000))))],
  'an act withheld from the whole': ['complete.act', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), (list) => list.with(3, '')))],
  'the charter withheld': ['record.waiting', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), (list) => list.with(0, '')))],
  'the export’s own act withheld': ['complete.act', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), (list) => list.with(-1, '')))],
  'a confirmation withheld': ['complete.confirmation', forged((pieces) => lines(piece(pieces, 'data/feeds/1/confirmations'), (list) => list.with(-1, '')))],
  'a line of acts missing': ['feed.lines', forged((pieces) => lines(piece(pieces, 'data/feeds/1/confirmations'), (list) => list.slice(1)))],
  'a line too many': ['feed.lines', forged((pieces) => lines(piece(pieces, 'data/feeds/1/acts'), (list) => [...list, '']))],
  'a last line that does not end': ['feed.lines', forged((pieces) => { const acts = piece(pieces, 'data/feeds/1/acts'); acts.bytes = acts.bytes.subarray(0, -1); })],
  'a whole feed of nothing': [/^(checkpoint|feed)\./, forged((pieces) => ['headers', 'acts', 'confirmations'].forEach((name) => (piece(pieces, `data/feeds/1/${name}`).bytes = Buffer.alloc(0))))],
  'a feed without headers': ['feed.missing', forged(without(/feeds\/1\/headers$/))],
  'no feed at all': ['feed.missing', forged(without(FEED))],
  'a feed beyond a gap': ['feed.missing', forged((pieces) => void (pieceLike(pieces, /\.tlog-proof$/).name = 'data/feeds/2000000000/proofs/1.tlog-proof') || sorted(pieces))],
  'another size in feed.json': ['feed.size', forged((pieces) => text(pieceLike(pieces, /feed\.json$/), /"size":\d+/, '"size":3'))],
  'another root in feed.json': ['feed.root', forged((pieces) => text(pieceLike(pieces, /feed\.json$/), /"root":"[0-9a-f]{64}"/, `"root":"${'0'.repeat(64)}"`))],
  'another epoch in feed.json': ['record.header', forged((pieces) => text(pieceLike(pieces, /feed\.json$/), /"epoch":"[0-9a-f]{16}"/, `"epoch":"${'0'.repeat(16)}"`))],
  'feed.json with space in it': ['feed.malformed', forged((pieces) => text(pieceLike(pieces, /feed\.json$/), '{"v"', '{ "v"'))],
  'no checkpoint': ['checkpoint.missing', forged(without(CHECKPOINT))],
  'a checkpoint by nobody': ['checkpoint.signature', forged((pieces) => text(pieceLike(pieces, CHECKPOINT), /(— \S+ )/, '$1AAAA'))],
  'a checkpoint of another root': ['checkpoint.signature', forged((pieces) => text(pieceLike(pieces, CHECKPOINT), /\n[A-Za-z0-9+/]{43}=\n/, `\n${'A'.repeat(43)}=\n`))],
  'a checkpoint without its last line end': ['checkpoint.malformed', forged((pieces) => { const one = pieceLike(pieces, CHECKPOINT); one.bytes = one.bytes.subarray(0, -1); })],
  'a checkpoint renamed': ['checkpoint.name', forged((pieces) => { const one = pieceLike(pieces, CHECKPOINT); one.name = one.name.replace(/\d+(?=\.checkpoint)/, '1'); })],
  'hashes that nothing needs': ['checkpoint.unused', forged(withFile('data/feeds/1/checkpoints/1.consistency', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'))],
  'a proof of another record': ['proof.name', forged((pieces) => text(pieceLike(pieces, /proofs\//), /index \d+/, 'index 1'))],
  'a proof with something extra': ['proof.name', forged((pieces) => text(pieceLike(pieces, /proofs\//), 'index', 'extra AAAA\nindex'))],
  'a proof that is none': ['proof.malformed', forged((pieces) => text(pieceLike(pieces, /proofs\//), 'c2sp', 'C2SP'))],
  'a proof with a wrong hash': ['proof.wrong', forged((pieces) => text(pieceLike(pieces, /proofs\//), /\n[A-Za-z0-9+/]{43}=\n/, `\n${'A'.repeat(43)}=\n`))],
  'an anchor under another salt': ['anchor.proof', forged((pieces) => text(pieceLike(pieces, /\.anchored$/), /salt [0-9a-f]{4}/, 'salt 0000'))],
  'an anchored file without its anchor': ['anchor.missing', forged(without(/anchor\.tlog-proof$/))],
  'an anchor of nothing': ['anchor.unused', forged(without(/\.anchored$/))],
  'an anchored file of a later checkpoint': ['anchor.checkpoint', forged((pieces) => text(pieceLike(pieces, /\.anchored$/), /checkpoint \d+/, 'checkpoint 999'))],
  'an anchored file beyond its tree': ['anchor.path', forged((pieces) => text(pieceLike(pieces, /\.anchored$/), /index \d+/, 'index 77'))],
  'a file of evidence lost': ['complete.blob', forged(without(new RegExp(blobs[0].name)))],
  'a file of evidence replaced': ['blob.changed', forged((pieces) => { piece(pieces, blobs[0].name).bytes = Buffer.from('Another key.'); })],
  'files of evidence exchanged': ['blob.changed', forged((pieces) => { const [a, b] = blobs.map(({ name }) => piece(pieces, name)); [a.bytes, b.bytes] = [b.bytes, a.bytes]; })],
  'a file of evidence that no record names': ['blob.unnamed', forged(withFile(`data/blobs/${'532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25'}`, 'Test'))],
  'another package.json: a token': ['package.claim', forged((pieces) => text(piece(pieces, 'data/package.json'), '"passkey"', '"token"'))],
  'another package.json: fewer records': ['package.claim', forged((pieces) => text(piece(pieces, 'data/package.json'), /"records":\d+/, '"records":1'))],
  'another package.json: more bytes': ['package.claim', forged((pieces) => text(piece(pieces, 'data/package.json'), /"bytes":\d+/, '"bytes":1'))],
  'another package.json: a member twice': ['package.malformed', forged((pieces) => text(piece(pieces, 'data/package.json'), '{"v":1', '{"v":1,"v":1'))],
  'another package.json: a part said to be the whole': ['package.malformed', forged((pieces) => text(piece(pieces, 'data/package.json'), '"extent":"part"', '"extent":"whole"'), part)],
  'another package.json: one subject more': ['complete.act', forged(oneSubjectMore, part)],
  'another package.json: absent that is here': ['package.claim', forged((pieces) => text(piece(pieces, 'data/package.json'), '"absent":[]', '"absent":[[1,2]]'))],
  'another package.json: left out that is here': ['blob.left_out', forged((pieces) => text(piece(pieces, 'data/package.json'), '"left_out":[]', `"left_out":[["${blobs[0].name.slice(11)}","why"]]`))],
  'another export': [/^(export\.record|bag\.)/, forged((pieces) => text(piece(pieces, 'data/package.json'), /"seq":\d+/, '"seq":1'))],
  'a report put in afterwards': ['note.manifest', forged(withFile('data/report/custody.txt', 'All is well.'))],
  'verify.html exchanged': ['note.manifest', forged((pieces) => { piece(pieces, 'data/verify.html').bytes = Buffer.from('<p>Trust me.'); })],
  'a note with two signatures': ['note.malformed', forged((pieces) => { const note = piece(pieces, 'package.note'); note.bytes = Buffer.concat([note.bytes, Buffer.from('— somebody AAAAAAAAAAAA\n')]); })],
  'a note of another text': ['note.signature', forged((pieces) => text(piece(pieces, 'package.note'), 'comity/package/v1', 'comity/package/v2'))],
  'a note that is none': ['note.malformed', forged((pieces) => { piece(pieces, 'package.note').bytes = Buffer.from('x'); })],
  // The bag.
  'a path to the outside in the manifest': ['bag.path', asIs((pieces) => text(piece(pieces, 'manifest-sha256.txt'), 'data/blobs/', 'data/../../blobs/'))],
  'a path that ends before its line': ['bag.path', asIs((pieces) => text(piece(pieces, 'manifest-sha256.txt'), /(data\/package\.json)/, '$1\0x'))],
  'a path that is no UTF-8': ['bag.path', asIs((pieces) => { const one = piece(pieces, 'manifest-sha256.txt'); one.bytes[one.bytes.indexOf('data/') + 7] = 0xff; })],
  'a file listed twice': ['bag.twice', asIs((pieces) => lines(piece(pieces, 'manifest-sha256.txt'), (list) => [...list, list[0]]))],
  'a file not listed': ['file.unlisted', asIs((pieces) => lines(piece(pieces, 'manifest-sha256.txt'), (list) => list.slice(1)))],
  'a manifest in capitals': ['bag.spelling', asIs((pieces) => { const tags = piece(pieces, 'tagmanifest-sha256.txt'); tags.bytes = Buffer.from(tags.bytes.toString().replace(/^[0-9a-f]{64}/gm, (hash) => hash.toUpperCase())); })],
  'lines that end as on other systems': ['bag.spelling', asIs((pieces) => text(piece(pieces, 'tagmanifest-sha256.txt'), /\n/g, '\r\n'))],
  'another version of BagIt': ['bag.declaration', asIs((pieces) => text(piece(pieces, 'bagit.txt'), '1.0', '1.1'))],
  'a third line in bagit.txt': ['bag.declaration', asIs((pieces) => { const one = piece(pieces, 'bagit.txt'); one.bytes = Buffer.concat([one.bytes, Buffer.from('More: 1\n')]); })],
  'files to fetch': ['layout.unknown', asIs(withFile('fetch.txt', 'https://example.org/x 5 data/x\n'))],
  // The layout.
  'a file that no package has': ['layout.unknown', forged(withFile('data/readme.txt', 'x'))],
  'two files in another order': ['layout.order', asIs((pieces) => void ([pieces[1], pieces[2]] = [pieces[2], pieces[1]]))],
  'one file twice': ['layout.order', asIs((pieces) => [...pieces.slice(0, 2), ...pieces.slice(1)])],
  'no package.json': ['layout.missing', asIs(without(/package\.json$/))],
  'no manifest': ['layout.missing', asIs(without(/^manifest-/))],
  'two base directories': ['layout.base', join(piecesOf(whole)).subarray(0) && (() => { const bytes = join(piecesOf(whole), 'one'); const at = bytes.indexOf('one/data'); bytes.write('two', at); const again = bytes.indexOf('one/data/', bytes.indexOf(Buffer.from('504b0102', 'hex'), piecesOf(bytes).at(-1).from)); bytes.write('two', again); return bytes; })()],
  'no base directory': ['layout.base', join(piecesOf(whole), '').length && (() => { const bytes = join([{ name: 'x', bytes: Buffer.from('x') }], 'y'); return Buffer.from(bytes.toString('latin1').replaceAll('y/x', 'yax'), 'latin1'); })()],
  'a number with a leading zero': ['layout.unknown', asIs((pieces) => { pieceLike(pieces, CHECKPOINT).name = 'data/feeds/1/checkpoints/007.checkpoint'; })],
  // The ZIP.
  'cut by a byte': ['zip.truncated', whole.subarray(0, -1)],
  'cut in the middle': ['zip.truncated', whole.subarray(0, second.from + 20)],
  'cut in an entry’s head': ['zip.truncated', whole.subarray(0, second.header + 10)],
  'cut before the directory': ['zip.truncated', whole.subarray(0, central)],
  'cut in the directory': ['zip.truncated', whole.subarray(0, central + 60)],
  'a byte behind': ['zip.trailing', Buffer.concat([whole, Buffer.from([0])])],
  'a second package behind': ['zip.trailing', Buffer.concat([whole, whole])],
  'a byte before': ['package.none', Buffer.concat([Buffer.from([0]), whole])],
  'bytes between entries': ['zip.gap', spliced(second.header, 0, Buffer.from('hidden'))],
  'bytes between entries and directory': ['zip.gap', spliced(central, 0, Buffer.from('hidden'))],
  'two directories': ['zip.end', Buffer.concat([whole.subarray(0, central), whole.subarray(central, end - 98), whole.subarray(central)])],
  'a directory of other files': ['zip.directory', patched(central + 46, Buffer.from('Z'))],
  'an entry that lies elsewhere': ['zip.directory', (() => { const bytes = Buffer.from(whole); const name = bytes.readUInt16LE(central + 28); bytes.writeBigUInt64LE(BigInt(second.header), central + 46 + name + 20); return bytes; })()],
  'another number of entries': ['zip.end', patched(end - 98 + 24, Buffer.from([1]))],
  'a comment': ['zip.end', Buffer.concat([whole.subarray(0, end - 2), Buffer.from([2, 0]), Buffer.from('hi')])],
  'compressed': ['zip.entry', patched(second.header + 8, Buffer.from([8]))],
  'encrypted': ['zip.entry', patched(second.header + 6, Buffer.from([1]))],
  'another time': ['zip.entry', patched(second.header + 10, Buffer.from([1]))],
  'a size that follows later': ['zip.entry', patched(second.header + 6, Buffer.from([8]))],
  'a bomb: a size beyond all disks': ['zip.entry', (() => { const bytes = Buffer.from(whole); bytes.fill(0xff, second.from - 16, second.from - 1); return bytes; })()],
  'entries that overlap': [/^zip\./, (() => { const bytes = Buffer.from(whole); bytes.writeBigUInt64LE(BigInt(second.bytes.length - 40), second.from - 8); return bytes; })()],
  'a name that leaves the folder': ['zip.name', patched(second.header + 30 + 1, Buffer.from('/../'))],
  'an absolute name': ['zip.name', patched(second.header + 30, Buffer.from('/'))],
  'a name with a zero byte': ['zip.name', patched(second.header + 32, Buffer.from([0]))],
  'a name with a backslash': ['zip.name', patched(second.header + 32, Buffer.from('\\'))],
  'a wrong checksum in both places': ['zip.checksum', join(piecesOf(whole).map((one, n) => (n === 3 ? { ...one, crc: 1 } : one)))],
  'nothing': ['package.none', Buffer.alloc(0)],
  'a letter': ['package.none', Buffer.from('This is a letter.')],
  'an empty ZIP': ['package.none', join([])],
};

test('the packages themselves hold, and come from who is trusted', async () => {
  assert.equal((await bothSayOf(whole, folder, trust, 'whole')).code, 0);
  const { code, report } = await bothSayOf(part, folder, trust, 'part');
  assert.equal(code, 0);
  const built = createHash('sha256').update(await readFile(path(ROOT, 'verifier/dist/verify.html'))).digest('hex');
  assert.deepEqual([report.verify_html, report.verify_html_here], [built, built], 'the page in the package, and the program’s own');
  assert.equal((await bothSayOf(join(piecesOf(whole), 'renamed'), folder, trust, 'renamed')).code, 0);
});

test('a thousand damages of a later phase do not hide the first', async () => {
  const lane = new Lane(new Node('a.example'));
  const own = lane.found();
  for (let n = 0; n < 1100; n++) own.write('case.corrected/1', { title: `${n}` }, { subject: 'a.example/case', prev: ['0'.repeat(64)] });
  own.write('export.made/1', { scope: 'whole', exhibits: [], purpose: '', readings: false }, { subject: 'a.example/export' });
  const pieces = piecesOf(packageOf(lane, own));
  text(piece(pieces, 'data/feeds/1/acts'), /"title":"/g, '"title":"x');
  const { report } = await bothSayOf(join(pieces), folder, [], 'a thousand');
  assert.equal(report.damages[0].code, 'file.changed');
  assert.equal(report.damages.filter(({ code }) => code === 'record.act').length, 1000);
});

test('at least sixty kinds of damage', () => assert.ok(Object.keys(kinds).length >= 60, `${Object.keys(kinds).length}`));

for (const [what, [code, bytes]] of Object.entries(kinds)) {
  test(what, async () => {
    const { code: exit, report } = await bothSayOf(bytes, folder, trust, what);
    assert.equal(exit, 1);
    const [first] = report.damages;
    assert.ok(typeof code === 'string' ? report.damages.some((damage) => damage.code === code) : code.test(first.code), JSON.stringify(report.damages.slice(0, 5)));
  });
}
