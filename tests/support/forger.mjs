// Whole packages from nothing, with keys of one's own: what a node with its keys in a hostile hand could write. Each is signed as it
// should be, so that only the rules of records stand between it and whoever verifies. Written from docs/format.md.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { inOrder, join, sorted } from './package.mjs';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const SPACE = '0193a1b2-0000-7000-8000-000000000001';
export const EXHIBIT = { number: 1, title: 'A knife', description: '', kind: 'other', obtained: { how: 'search', where: '', when: null, by: '', authority: '', from: '' }, languages: [], sensitivity: { protected_person: false, harmful: false }, conditions: { use: 'evidence', note: '' } };

const leafOf = (header) => sha256([0], header);
function rootOf(leaves) {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0];
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256([1], rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

export class Key {
  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
    this.sign = (bytes) => sign(null, bytes, privateKey);
  }
}

/** A key of small order: by a lax rule its signature (R of small order, S = 0) holds for any text. */
export const smallOrder = () => ({ raw: Buffer.from(`01${'00'.repeat(31)}`, 'hex'), sign: () => Buffer.from(`01${'00'.repeat(63)}`, 'hex') });

const lineOf = (name, type, key, signature) => `— ${name} ${Buffer.concat([sha256(name, '\n', [type], key.raw).subarray(0, 4), signature]).toString('base64')}\n`;
export const signedNote = (text, name, ...keys) => `${text}\n${keys.map((key) => lineOf(name, 1, key, key.sign(Buffer.from(text)))).join('')}`;

export function cosignature(text, name, key, seconds) {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  return lineOf(name, 4, key, Buffer.concat([time, key.sign(Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`))]));
}

export class Node {
  /** `next`: the key that follows `log`; `signers`: those that sign checkpoints. */
  constructor(name, { log = new Key(), until = '-', next = null, signers = [log], cutoff = '', title = `Authority of ${name}` } = {}) {
    Object.assign(this, { name, log, signers, identity: new Key(), witness: new Key() });
    const key = (kind, { raw }, end = '-') => `${kind} ${raw.toString('base64')} 2026-01-01T00:00:00.000Z ${end}\n`;
    const text =
      `comity/card/v1\nnode ${name}\ntitle ${title}\ncountry AV\nnumber 1\nprevious -\nissued 2026-01-01T00:00:00.000Z\nweb https://${name}\n` +
      key('identity', this.identity) + key('log', log, until) + (next ? key('log', next) : '') + key('witness', this.witness) + cutoff;
    this.card = signedNote(text, `${name}/card`, this.identity);
  }
}

let clock = Date.parse('2026-06-01T10:00:00.000Z');
let salt = 0;

export class Feed {
  constructor(lane, node, epoch) {
    Object.assign(this, { lane, node, epoch, records: [] });
    this.name = `${node.name}/${epoch}`;
  }

  get root() {
    return rootOf(this.records.map(({ leaf }) => leaf));
  }

  /** What another feed names in order to have seen this one. */
  seen(size = this.records.length) {
    return { [this.name]: [size, hex(rootOf(this.records.slice(0, size).map(({ leaf }) => leaf)))] };
  }

  /** Writes a record; `header` and `act` may bend what would be right. Gives its leaf in hex. */
  write(type, members = {}, { person = 'p1', subject = this.lane.id, prev = [], lasting = false, seen = {}, header = {}, act = {}, body, confirm } = {}) {
    const { lane, node, epoch, records } = this;
    const charter = type === 'lane.chartered/1';
    const made = {
      space: SPACE, lane: charter ? null : lane.id, node: node.name, person, subject: charter ? null : subject, prev, ...(lasting ? { lasting: true } : {}),
      type, salt: (salt++).toString(16).padStart(32, '0'), ...members, ...act,
    };
    const bytes = body ? body(made) : JSON.stringify(made);
    const hash = hex(sha256(bytes));
    if (charter && !lane.id) lane.id = hash;
    const confirmation = confirm ? confirm(bytes) : '';
    const heights = Object.entries(seen).map(([name, [size]]) => lane.feeds.find((feed) => feed.name === name)?.records[size - 1]?.height ?? 0);
    const height = 1 + Math.max(records.at(-1)?.height ?? 0, 0, ...heights);
    const sortedSeen = Object.fromEntries(Object.entries(seen).sort(([a], [b]) => (a < b ? -1 : 1)));
    const head = {
      v: 1, space: SPACE, lane: lane.id, node: node.name, epoch, seq: records.length, height, time: new Date((clock += 1000)).toISOString(), person,
      subject: charter ? lane.id : subject, prev, act: `sha256:${hash}`, ...(lasting ? { lasting: true } : {}), ...(confirmation ? { confirmation: `sha256:${hex(sha256(confirmation))}` } : {}),
      ...(Object.keys(seen).length > 0 ? { seen: sortedSeen } : {}), ...header,
    };
    const text = typeof header === 'function' ? header(head) : JSON.stringify(head);
    records.push({ header: text, leaf: leafOf(text), act: bytes, confirmation, height: head.height, head, size: records.length + 1 });
    return hex(records.at(-1).leaf);
  }

  introduce(who = 'p1', { roles = ['investigator', 'prosecutor'], machine = true, credentials = [], ...rest } = {}) {
    return this.write('person.introduced/1', { who, roles, credentials, machine }, { person: '', lasting: true, ...rest });
  }
}

export class Lane {
  constructor(...nodes) {
    this.nodes = nodes;
    this.feeds = [];
    this.space = SPACE;
  }

  feed(node, epoch = hex(randomBytes(8))) {
    const feed = new Feed(this, node, epoch);
    this.feeds.push(feed);
    return feed;
  }

  /** The first node's feed, with the charter of all, and its person. */
  found({ kinds = ['case', 'exhibit', 'export', 'person'], members = {}, ...rest } = {}) {
    const [first] = this.nodes;
    const feed = this.feed(first);
    const parties = Object.fromEntries(this.nodes.map(({ name }) => [name, kinds]));
    feed.write('lane.chartered/1', { kind: 'team', parties, lead: first.name, deputies: [], heirs: {}, basis: '', succeeds: null, ...members }, { person: '', lasting: true, ...rest });
    feed.introduce();
    return feed;
  }

  join(node, others, members = { under: null }, rest = {}) {
    const feed = this.feed(node);
    feed.write('lane.joined/1', members, { person: '', lasting: true, seen: Object.assign({}, ...others.map((other) => other.seen())), ...rest });
    return feed;
  }
}

/** The package that `feed`'s exporter makes of the lane, as it would: its own last record is the export's. `bend` changes the files. */
export function packageOf(lane, feed, { bend = (files) => files, blobs = [], cosigned = [], keep = () => true, extra = [], extent = 'whole', subjects = [] } = {}) {
  const feeds = [...lane.feeds].sort((a, b) => (a.name.split('/')[0] < b.name.split('/')[0] || (a.node.name === b.node.name && a.epoch < b.epoch) ? -1 : 1));
  const files = [];
  const put = (name, text) => files.push({ name, bytes: Buffer.from(text) });
  const here = (record) => keep(record);
  let withheld = 0;
  feeds.forEach((one, n) => {
    const path = `data/feeds/${n + 1}`;
    const line = (texts) => Buffer.concat(texts.flatMap((text) => [Buffer.from(text), Buffer.from('\n')]));
    put(`${path}/headers`, line(one.records.map(({ header }) => header)));
    put(`${path}/acts`, line(one.records.map((record) => (here(record) ? record.act : ''))));
    put(`${path}/confirmations`, line(one.records.map((record) => (here(record) ? record.confirmation : ''))));
    withheld += one.records.filter((record) => !here(record)).length;
    put(`${path}/feed.json`, JSON.stringify({ v: 1, space: lane.space, lane: lane.id, node: one.node.name, epoch: one.epoch, size: one.records.length, root: hex(one.root) }));
    const origin = `${one.node.name}/${lane.space}/${lane.id}/${one.epoch}`;
    const text = `${origin}\n${one.records.length}\n${one.root.toString('base64')}\n`;
    const others = cosigned.filter(({ of }) => of === one).map(({ by, seconds }) => cosignature(text, `${by.name}/witness`, by.witness, seconds));
    put(`${path}/checkpoints/${one.records.length}.checkpoint`, signedNote(text, origin, ...one.node.signers) + others.join(''));
  });
  for (const node of new Set([...lane.feeds.map(({ node }) => node), ...cosigned.map(({ by }) => by)])) put(`data/cards/${node.name}/1.card`, node.card);
  for (const bytes of blobs) put(`data/blobs/${hex(sha256(bytes))}`, bytes);
  files.push(...extra.map(([name, text]) => ({ name, bytes: Buffer.from(text) })));
  const { head, leaf } = feed.records.at(-1);
  put('data/package.json', JSON.stringify({
    v: 1, software: 'forger 1', space: lane.space, node: head.node, person: head.person, time: head.time, confirmed: head.confirmation ? 'passkey' : 'token', extent, subjects,
    exports: [{ feed: feeds.indexOf(feed) + 1, seq: head.seq, leaf: hex(leaf) }], records: feeds.reduce((sum, one) => sum + one.records.length, 0), withheld, erased: 0, absent: [],
    blobs: blobs.length, bytes: blobs.reduce((sum, bytes) => sum + bytes.length, 0), left_out: [],
  }));
  put('bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
  put('bag-info.txt', `Source-Organization: ${head.node}\nBagging-Date: ${head.time.slice(0, 10)}\nExternal-Identifier: ${hex(leaf)}\nBag-Software-Agent: forger 1\nPayload-Oxum: \n`);
  for (const name of ['manifest-sha256.txt', 'package.note', 'tagmanifest-sha256.txt']) put(name, '');
  const first = inOrder(sorted(bend(files)));
  const manifest = first.find(({ name }) => name === 'manifest-sha256.txt').bytes;
  first.find(({ name }) => name === 'package.note').bytes = Buffer.from(signedNote(`comity/package/v1\nmanifest-sha256.txt ${hex(sha256(manifest))}\n`, `${feed.node.name}/package`, feed.node.log));
  return join(inOrder(first), 'forged');
}
