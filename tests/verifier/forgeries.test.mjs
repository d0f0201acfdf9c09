// Packages whose every signature is good, made by whoever holds a node's keys: records that break each rule of placing and judging,
// keys that nobody should believe, a whole history made up. Both verifiers come to the same class of every record.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { EXHIBIT, Feed, Key, Lane, Node, SPACE, packageOf, smallOrder } from '../support/forger.mjs';
import { bothSayOf } from '../support/verifiers.mjs';

const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true }));

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const hash = (bytes) => sha256(bytes).toString('hex');
const KNIFE = Buffer.from('a knife, from the front');
const DOOR = Buffer.from('a door');
const file = (bytes) => ({ sha256: `sha256:${hash(bytes)}`, size: bytes.length, name: 'a.txt', path: '', media_type: 'text/plain' });
const EXPORT = { scope: 'whole', exhibits: [], purpose: '', readings: false };
const lasting = { person: '', lasting: true };

/** A founded lane of a.example and whoever else, with one exhibit. */
function stage(...others) {
  const a = new Node('a.example');
  const lane = new Lane(a, ...others);
  const own = lane.found();
  const knife = own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'a.example/knife' });
  return { a, lane, own, knife };
}

/** Ends the story: a's export, which has seen everybody, and the package. */
function finish({ lane, own }, { see = lane.feeds.filter((feed) => feed !== own), ...options } = {}) {
  own.write('export.made/1', EXPORT, { subject: 'a.example/export', seen: Object.assign({}, ...see.map((feed) => feed.seen())) });
  return packageOf(lane, own, { blobs: [KNIFE], ...options });
}

/** `story` writes into a stage; its package must be intact with exactly these remarks, or damaged by this code. */
const stories = {};
function story(name, expected, tell) {
  stories[name] = [expected, tell];
}
const alone = (write, options) => () => {
  const set = stage();
  write(set);
  return finish(set, options);
};
const correct = (own, knife, more = {}, members = {}) => own.write('exhibit.corrected/1', { title: 'A long knife', reason: 'Measured.', ...members }, { subject: 'a.example/knife', prev: [knife], ...more });

story('an honest history', [], alone(({ own, knife }) => correct(own, knife)));

// ---- acts that are none ----
story('an act copied from another space', ['actless'], alone(({ own, knife }) => correct(own, knife, { act: { space: SPACE.replace('1b2', '1b3') } })));
story('an act of another node', ['actless'], alone(({ own, knife }) => correct(own, knife, { act: { node: 'b.example' } })));
story('an act of another person', ['actless'], alone(({ own, knife }) => correct(own, knife, { act: { person: 'p2' } })));
story('an act that says another past', ['actless'], alone(({ own, knife }) => correct(own, knife, { act: { prev: [] } })));
story('a key twice', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', '"title":"x","reason"') })));
story('a key twice, once escaped', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', '"t\\u0069tle":"x","reason"') })));
story('a lone surrogate', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('A long', 'A \\ud800 long') })));
story('a zero character', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('A long', 'A \\u0000 long') })));
story('a fraction', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', '"number":1.0,"reason"') })));
story('minus nothing', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', '"number":-0,"reason"') })));
story('a number beyond all', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', '"number":9007199254740992,"reason"') })));
story('white space', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace(',"reason"', ', "reason"') })));
story('bytes behind', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => `${JSON.stringify(made)}x` })));
story('no UTF-8', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => Buffer.from(JSON.stringify(made).replace('A long', 'A \xff long'), 'latin1') })));
story('seventeen levels', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', `"deep":${'['.repeat(16)}${']'.repeat(16)},"reason"`) })));
story('sixteen levels of a wrong member', ['void'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify(made).replace('"reason"', `"deep":${'['.repeat(15)}${']'.repeat(15)},"reason"`) })));
story('an act of 64 KiB and more', ['actless'], alone(({ own, knife }) => correct(own, knife, { body: (made) => JSON.stringify({ ...made, filling: 'x'.repeat(65_536) }) })));
story('a type of tomorrow', ['unknown'], alone(({ own, knife }) => own.write('exhibit.weighed/1', { grams: 3 }, { subject: 'a.example/knife', prev: [knife] })));
story('a lasting type of tomorrow, and what is void after it', ['unknown', 'unknown'], alone(({ own, knife }) => {
  own.write('lane.blessed/1', {}, lasting);
  correct(own, knife, { person: 'p9' });
}));

// ---- acts without effect ----
story('a member too many', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { colour: 'red' })));
for (const salt of ['', 'a'.repeat(31), 'a'.repeat(33), 'A'.repeat(32), 'g'.repeat(32)]) {
  story(`a salt that is ${salt.length} times “${salt[0] ?? ''}”`, ['void'], alone(({ own, knife }) => correct(own, knife, { act: { salt } })));
}
story('a title too long', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { title: 'x'.repeat(201) })));
story('a title of two hundred astral characters', [], alone(({ own, knife }) => correct(own, knife, {}, { title: '🔪'.repeat(200) })));
story('a title of two lines', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { title: 'one\ntwo' })));
story('a language with a tail too long', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { languages: [`zh${'-abcdefgh'.repeat(4)}`] })));
story('the same language twice', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { languages: ['zh', 'zh'] })));
story('a day that does not exist', ['void'], alone(({ own, knife }) => correct(own, knife, {}, { obtained: { ...EXHIBIT.obtained, when: '2026-02-30T10:00:00.000Z' } })));
story('nothing corrected', ['void'], alone(({ own, knife }) => own.write('exhibit.corrected/1', { reason: 'None.' }, { subject: 'a.example/knife', prev: [knife] })));
story('an act twice', ['void'], alone(({ own, knife }) => {
  let kept;
  correct(own, knife, { body: (made) => (kept = JSON.stringify(made)) });
  correct(own, knife, { body: () => kept });
}));
story('lasting that must not be', ['void'], alone(({ own, knife }) => correct(own, knife, { lasting: true })));
story('not lasting that must be', ['void'], alone(({ own }) => own.write('person.withdrawn/1', { who: 'p1' }, { person: '' }) && own.introduce('p1')));
story('a stranger', ['void'], alone(({ own, knife }) => correct(own, knife, { person: 'p2' })));
story('a withdrawn person', ['void'], alone(({ own, knife }) => {
  own.write('person.withdrawn/1', { who: 'p1' }, lasting);
  correct(own, knife);
  own.introduce();
}));
story('another role', ['void'], alone(({ own, knife }) => {
  own.introduce('p2', { roles: ['auditor'] });
  correct(own, knife, { person: 'p2' });
}));
story('the node in a person’s place, and the other way round', ['void', 'void'], alone(({ own, knife }) => {
  correct(own, knife, { person: '' });
  own.write('person.withdrawn/1', { who: 'p1' }, { lasting: true });
}));
story('a creation in another’s name', ['void'], alone(({ own }) => own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'b.example/x' })));
story('a creation of what is there', ['void'], alone(({ own }) => own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'a.example/knife' })));
story('a creation with a past', ['void'], alone(({ own, knife }) => own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'a.example/y', prev: [knife] })));
story('a change of nothing', ['void'], alone(({ own, knife }) => correct(own, knife, { prev: [] })));
story('a change of what nobody saw', ['void'], alone(({ own, knife }) => correct(own, knife, { prev: [knife, '00'.repeat(32)] })));
story('a change of something else', ['void'], alone(({ own, knife }) => {
  own.write('exhibit.added/1', { ...EXHIBIT, number: 2, files: [file(KNIFE)] }, { subject: 'a.example/other' });
  correct(own, knife, { subject: 'a.example/other' });
}));
story('thirty-three heads', ['void'], alone(({ own, knife }) => {
  const heads = Array.from({ length: 33 }, () => correct(own, knife));
  correct(own, knife, { prev: heads });
  correct(own, knife, { prev: heads.slice(1) });
}));
story('a lane’s act about a thing, and the other way round', ['void', 'void'], alone(({ own, knife }) => {
  own.write('erasure.requested/1', { records: [knife], order: '7 Cs 31/26', authority: '' }, { subject: 'a.example/knife' });
  correct(own, knife, { subject: own.lane.id });
}));
story('a kind that the charter does not give', ['void'], () => {
  const a = new Node('a.example');
  const lane = new Lane(a);
  const own = lane.found({ kinds: ['export'] });
  own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'a.example/knife' });
  return finish({ lane, own });
});
story('a second charter', ['void'], alone(({ own }) => own.write('lane.joined/1', { under: null }, lasting)));
story('a void act’s evidence may be missing', ['void'], alone(({ own, knife }) => correct(own, knife, { person: 'p2' }, { obtained: { ...EXHIBIT.obtained, ...file(DOOR) } })));
story('a valid act’s evidence may not', 'complete.blob', alone(({ own }) => own.write('exhibit.added/1', { ...EXHIBIT, number: 2, files: [file(DOOR)] }, { subject: 'a.example/door' })));
story('evidence of another length', 'blob.size', alone(({ own }) => own.write('exhibit.added/1', { ...EXHIBIT, number: 2, files: [{ ...file(KNIFE), size: 3 }] }, { subject: 'a.example/door' })));

// ---- records that can't be placed ----
const bent = (header) => alone(({ own, knife }) => correct(own, knife, { header }));
story('a height too great', 'record.malformed', bent({ height: 40 }));
story('a time that runs backwards', 'record.header', bent({ time: '2026-01-01T00:00:00.000Z' }));
story('a place skipped', 'record.header', bent({ seq: 40 }));
story('another lane', 'record.header', bent({ lane: '0'.repeat(64) }));
story('a member more in the header', 'record.header', bent({ zeal: true }));
story('a header that is spaced', 'record.header', alone(({ own, knife }) => correct(own, knife, { header: (head) => JSON.stringify(head).replace('"v":1,', '"v":1, ') })));
story('another order of members', 'record.header', alone(({ own, knife }) => correct(own, knife, { header: ({ v, space, ...rest }) => JSON.stringify({ v, ...rest, space }) })));
story('the same leaf twice in prev', 'record.header', alone(({ own, knife }) => correct(own, knife, { prev: [knife, knife] })));
story('itself seen', 'record.malformed', alone(({ own, knife }) => correct(own, knife, { seen: own.seen() })));
story('a history that nobody has', 'record.waiting', alone(({ own, knife }) => correct(own, knife, { seen: { [`b.example/${'0'.repeat(16)}`]: [3, '0'.repeat(64)] } })));

// ---- several parties ----
function two() {
  const b = new Node('b.example');
  const set = stage(b);
  return { ...set, b, other: set.lane.join(b, [set.own]) };
}
const together = (write, options) => () => {
  const set = two();
  set.other.introduce();
  write(set);
  return finish(set, typeof options === 'function' ? options(set) : options);
};
const byOther = (other, knife, more = {}) => other.write('exhibit.corrected/1', { title: 'b’s knife', reason: 'Seen.' }, { subject: 'a.example/knife', prev: [knife], ...more });
story('two parties, one exhibit', [], together(({ other, knife }) => byOther(other, knife)));
story('another’s history said to be other than it is', 'record.waiting', together(({ other, own, knife }) => byOther(other, knife, { seen: { [own.name]: [3, '0'.repeat(64)] } }), { see: [] }));
story('less seen than before', 'record.malformed', together(({ other, own, knife }) => byOther(other, knife, { seen: own.seen(2) }), { see: [] }));
story('what was written after the export', 'complete.past', together(({ other, knife }) => byOther(other, knife), ({ other }) => ({ see: [{ seen: () => other.seen(2) }] })));
story('an outsider', 'record.malformed', () => {
  const set = stage();
  set.lane.join(new Node('c.example'), [set.own]);
  return finish(set, { see: [] });
});
story('a feed that opens with no opening', ['void'], () => {
  const set = two();
  const third = new Feed(set.lane, set.b, 'f'.repeat(16));
  set.lane.feeds.push(third);
  third.introduce('p1', { seen: set.own.seen() });
  return finish(set);
});
story('a new epoch that names its old one, and one that does not', ['void', 'void'], () => {
  const set = two();
  set.other.introduce();
  const fresh = (members, seen) => {
    const feed = set.lane.feed(set.b);
    feed.write('feed.continued/1', { reason: 'Restored.', under: null, ...members }, { ...lasting, seen });
    feed.introduce();
  };
  fresh({}, { ...set.own.seen(), ...set.other.seen() });
  fresh({}, set.own.seen());
  return finish(set);
});
story('the home moves', ['void', 'void'], together(({ own, other, knife }) => {
  const seal = (feed, home, prev, seen = {}) => feed.write('exhibit.sealed/1', { files: [`sha256:${hash(KNIFE)}`], home, reason: 'Closed.', seal_number: '' }, { subject: 'a.example/knife', prev: [prev], seen });
  seal(other, null, knife); // not b's: void
  const offer = own.write('home.offered/1', { home: null, to: 'b.example' }, { subject: 'a.example/knife', prev: [knife], lasting: true });
  seal(own, null, knife); // offered: void
  const title = other.write('home.accepted/1', { offer }, { subject: 'a.example/knife', prev: [offer], lasting: true, seen: own.seen() });
  seal(other, title, title);
}));
story('an answer by nobody who was asked, and a second one', ['void', 'void'], together(({ own, other, knife }) => {
  const offer = own.write('home.offered/1', { home: null, to: 'b.example' }, { subject: 'a.example/knife', prev: [knife], lasting: true });
  own.write('home.declined/1', { offer }, { subject: 'a.example/knife', prev: [offer], lasting: true });
  other.write('home.declined/1', { offer }, { subject: 'a.example/knife', prev: [offer], lasting: true, seen: own.seen() });
  other.write('home.accepted/1', { offer }, { subject: 'a.example/knife', prev: [offer], lasting: true });
  own.write('exhibit.sealed/1', { files: [`sha256:${hash(KNIFE)}`], home: null, reason: 'Closed.', seal_number: '' }, { subject: 'a.example/knife', prev: [offer], seen: other.seen() });
}, { see: [] }));
story('a lane that was ended by its lead, and by another', ['void', 'void', 'void'], together(({ own, other, knife }) => {
  other.write('lane.ended/1', { successor: null }, { lasting: true }); // not the lead: void
  own.write('lane.ended/1', { successor: null }, { lasting: true });
  correct(own, knife); // after the end: void, as is the export
  other.introduce('p3');
}));
story('erased by its own party, and not by another', ['erased', 'void', 'void'], together(({ own, other, knife }) => {
  const erase = (feed, records, more = {}) => feed.write('erased/1', { records, order: '7 Cs 31/26', authority: '' }, { lasting: true, ...more });
  const title = correct(own, knife);
  erase(other, [knife]); // a's record: void
  erase(own, [own.introduce('p5')]); // lasting: void
  erase(own, [title]);
}, { bend: (files) => files.map((one) => (one.name === 'data/package.json' ? { ...one, bytes: Buffer.from(one.bytes.toString().replace('"erased":0', '"erased":1')) } : one)) }));
story('a field device, its persons, its time', ['void', 'void'], () => {
  const set = two();
  const c = new Node('c.example');
  const under = set.own.write('field.delegated/1', { field: 'c.example', persons: ['p1'], until: '2027-01-01T00:00:00.000Z' }, lasting);
  const late = set.own.write('field.delegated/1', { field: 'd.example', persons: ['p1'], until: '2026-01-01T00:00:00.000Z' }, lasting);
  const field = set.lane.join(c, [set.own], { under });
  field.introduce();
  field.introduce('p2'); // not delegated: void
  field.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'c.example/x' });
  const slow = set.lane.join(new Node('d.example'), [set.own], { under: late });
  slow.introduce();
  slow.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'd.example/x' }); // too late: void
  return finish(set);
});
story('a feed cut off after its key was lost', ['frozen'], () => {
  const set = two();
  set.other.introduce();
  const kept = byOther(set.other, set.knife);
  set.own.write('exhibit.corrected/1', { title: 'c', reason: 'c' }, { subject: 'a.example/knife', prev: [kept], seen: set.other.seen() });
  byOther(set.other, set.knife);
  const again = set.lane.feed(set.b);
  again.write('feed.continued/1', { reason: 'The key was stolen.', under: null }, { ...lasting, seen: { ...set.own.seen(), ...set.other.seen() } });
  again.write('feed.closed/1', { feed: set.other.name, size: 2, root: '0'.repeat(64) }, lasting);
  return finish(set);
});
story('carried, of a kind that is not the charter’s', ['void'], alone(({ own }) => {
  const carry = (kind, subject) => own.write('carried/1', { kind, state: { title: ['A knife'] }, origin: { lane: '1'.repeat(64), subject: 'x.example/1', heads: ['2'.repeat(64)] } }, { subject });
  carry('exhibit', 'a.example/c1');
  carry('vehicle', 'a.example/c2');
}));

// ---- passkeys ----
function passkey(kind) {
  const origin = 'https://a.example';
  const { publicKey, privateKey } = generateKeyPairSync(kind === 'ES256' ? 'ec' : 'ed25519', kind === 'ES256' ? { namedCurve: 'P-256' } : {});
  const { x, y } = publicKey.export({ format: 'jwk' });
  const hexOf = (text) => Buffer.from(text, 'base64url').toString('hex');
  const cose = Buffer.from(kind === 'ES256' ? `a5010203262001215820${hexOf(x)}225820${hexOf(y)}` : `a4010103272006215820${hexOf(x)}`, 'hex').toString('base64url');
  const credential = { id: 'Y3JlZA', cose, spki: 'AA' };
  const confirm = ({ flags = 5, client = {}, host = new URL(origin).hostname, spoil = (signature) => signature, more = {} } = {}) => (act) => {
    const challenge = sha256(Buffer.concat([Buffer.from('comity/act/v1\0'), Buffer.from(act)])).toString('base64url');
    const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false, ...client }));
    const data = Buffer.concat([sha256(host), Buffer.from([flags, 0, 0, 0, 1])]);
    const signature = spoil(sign(kind === 'ES256' ? 'sha256' : null, Buffer.concat([data, sha256(clientData)]), privateKey));
    return JSON.stringify({ credential: credential.id, authenticator_data: data.toString('base64url'), client_data: clientData.toString('base64url'), signature: signature.toString('base64url'), ...more });
  };
  return { credential, confirm };
}
const confirmed = (how, kind = 'ES256') =>
  alone(({ own, knife }) => {
    const key = passkey(kind);
    own.introduce('p4', { machine: false, credentials: [key.credential] });
    correct(own, knife, { person: 'p4', confirm: key.confirm(how) });
    own.write('exhibit.sealed/1', { files: [`sha256:${hash(KNIFE)}`], home: null, reason: 'Closed.', seal_number: '' }, { subject: 'a.example/knife', prev: [knife], person: 'p4', confirm: key.confirm() });
  });
story('confirmed by a passkey', [], confirmed({}));
story('confirmed by a passkey of the other kind', [], confirmed({}, 'EdDSA'));
story('a credential that was introduced after its act', ['void', 'void'], alone(({ own, knife }) => {
  const key = passkey('ES256');
  own.introduce('p4', { machine: false });
  correct(own, knife, { person: 'p4', confirm: key.confirm() });
  own.introduce('p4', { machine: false, credentials: [key.credential] });
  own.write('exhibit.sealed/1', { files: [`sha256:${hash(KNIFE)}`], home: null, reason: 'Closed.', seal_number: '' }, { subject: 'a.example/knife', prev: [knife], person: 'p4' }); // unconfirmed
}));
for (const [name, how] of Object.entries({
  'by nobody who was there': { flags: 4 }, 'by nobody who was known': { flags: 1 }, 'with a backup that can’t be': { flags: 0x15 }, 'at another site': { host: 'b.example' },
  'of another origin': { client: { origin: 'https://b.example' } }, 'made to enrol': { client: { type: 'webauthn.create' } }, 'in a frame of others': { client: { crossOrigin: true } },
  'beneath another page': { client: { topOrigin: 'https://b.example' } }, 'for another act': { client: { challenge: 'AAAA' } },
  'with a bad signature': { spoil: (signature) => ((signature[9] ^= 1), signature) }, 'with bytes behind its signature': { spoil: (signature) => Buffer.concat([signature, Buffer.from([0])]) },
  'with a member more': { more: { extra: '' } }, 'by a credential of nobody': { more: { credential: 'AAAA' } },
})) story(`a confirmation ${name}`, ['void'], confirmed(how));
story('a confirmation with a backup that can be', [], confirmed({ flags: 0x1d }));

// ---- keys, cards, time ----
const witnessed = (more, seconds = 1_780_400_000) => () => {
  const set = stage();
  set.own.write('export.made/1', EXPORT, { subject: 'a.example/export' });
  return packageOf(set.lane, set.own, { blobs: [KNIFE], cosigned: [{ of: set.own, by: more ?? set.a, seconds }] });
};
story('another node has witnessed it', [], witnessed(new Node('w.example')));
story('it has witnessed itself', [], witnessed());
story('a witness before its key', [], witnessed(new Node('w.example'), 1_700_000_000));
story('a witness beyond the end of time', 'checkpoint.signature', witnessed(new Node('w.example'), 2n ** 64n - 1n));
story('a witness at the end of time', [], witnessed(new Node('w.example'), 2n ** 63n - 1n));
story('a witness in a year of five digits', [], witnessed(new Node('w.example'), 253_402_300_800));
const keyed = (options) => () => {
  const a = new Node('a.example', options);
  const lane = new Lane(a);
  const own = lane.found();
  own.write('exhibit.added/1', { ...EXHIBIT, files: [file(KNIFE)] }, { subject: 'a.example/knife' });
  return finish({ lane, own });
};
story('a title with a character that nobody sees', [], keyed({ title: 'A\x7fB\u202eC\u00a0D' }));
story('a title with a bell in it', 'card.malformed', keyed({ title: 'A\x07B' }));
story('a title too long', 'card.malformed', keyed({ title: 'é'.repeat(201) }));
story('a log key of small order', 'checkpoint.signature', keyed({ log: smallOrder() }));
story('a log key that has ended', 'checkpoint.retired', keyed({ until: '2026-12-01T00:00:00.000Z' }));
const [before, after] = [new Key(), new Key()];
for (const signers of [[before, after], [after, before]]) {
  story(`a log key that has ended and the one that follows sign, the ${signers[0] === before ? 'old' : 'new'} one first`, [], keyed({ log: before, until: '2026-12-01T00:00:00.000Z', next: after, signers }));
}
story('one file too many', 'blob.unnamed', () => finish(stage(), { blobs: [KNIFE, DOOR] }));
story('a part that withholds what was not chosen', ['withheld', 'withheld'], () => {
  const set = stage();
  const { own, knife } = set;
  own.write('exhibit.added/1', { ...EXHIBIT, number: 2, files: [file(DOOR)] }, { subject: 'a.example/door' });
  correct(own, knife);
  own.write('export.made/1', { ...EXPORT, scope: 'chosen', exhibits: ['a.example/knife'] }, { subject: 'a.example/export' });
  own.write('export.made/1', { ...EXPORT, scope: 'chosen', exhibits: ['a.example/knife'] }, { subject: 'a.example/export2' });
  const keep = ({ head }) => head.lasting || head.subject === 'a.example/knife' || head.subject === 'a.example/export2';
  return packageOf(set.lane, own, { blobs: [KNIFE], keep, extent: 'part', subjects: ['a.example/knife'] });
});

for (const [name, [expected, tell]] of Object.entries(stories)) {
  test(name, async () => {
    const { code, report } = await bothSayOf(tell(), folder, [], name);
    if (typeof expected === 'string') {
      assert.ok(code === 1 && report.damages.some((damage) => damage.code === expected), JSON.stringify(report.damages));
      return;
    }
    assert.equal(code, 3, JSON.stringify(report.damages));
    const classes = report.remarks.flatMap(({ what, first, last }) => Array(last - first + 1).fill(what));
    assert.deepEqual(classes.sort(), [...expected].sort(), JSON.stringify(report.remarks));
  });
}

test('a perfect forgery with fresh keys is intact, and from nobody that is trusted', async () => {
  const card = join(folder, 'true.card');
  await writeFile(card, new Node('a.example').card);
  assert.equal((await bothSayOf(finish(stage()), folder, ['--trust', card], 'forgery')).code, 4);
});
