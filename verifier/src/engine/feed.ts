/** Phase F: the records of each feed, and who signed their order. */
import { blobsOf, isOfType, keepAct, ACT_MOST, type ActTypes, type BlobName } from './acts.ts';
import { ascending, equal, fromHex, toHex, utf8 } from './bytes.ts';
import { holds, logKeys, witnessKeys, type NodeKey } from './card.ts';
import type { Nodes } from './cards.ts';
import { parseFeedClaim, type FeedClaim } from './contents.ts';
import { Damages } from './damage.ts';
import { HEADER_MOST, parseHeader, type Header } from './header.ts';
import { textOf, type JsonObject } from './json.ts';
import type { File } from './layout.ts';
import { lines, type Line } from './lines.ts';
import { Frontier, isConsistent, rootOfInclusion, type Hash } from './merkle.ts';
import { COSIGNATURE, SIGNATURE, checkNote, parseCheckpoint, parseHashes, parseProof, type Checkpoint, type Good, type Proof } from './note.ts';
import { CONFIRMATION_MOST, challengeOf } from './passkey.ts';
import { whole, type Extent, type Source } from './source.ts';

const NOTE_MOST = 160 * 1024; // a note and 63 hashes before it

/** What judging needs of an act; lasting ones are kept whole, for others rest on them. */
export interface Act {
  readonly type: string;
  readonly ofType: boolean;
  readonly home: string | null;
  readonly kind: string | null;
  readonly lasting: JsonObject | null;
  readonly challenge: Uint8Array | null;
}

export type RecordClass = 'erased' | 'actless' | 'void' | 'unknown' | 'valid';

export interface FeedRecord {
  readonly header: Header | null;
  readonly leaf: string;
  /** The header is one, and of this feed and place (6.1). */
  readonly fits: boolean;
  /** Where the act's bytes lie, if they are here. */
  readonly body: Extent | null;
  readonly confirmation: Extent | null;
  readonly act: Act | null;
  readonly blobs: readonly BlobName[];
  class: RecordClass | null; // null: not placed
  reason: string;
  counted: boolean;
}

export interface Attestation {
  readonly by: string;
  readonly size: number;
  readonly seconds: number;
  readonly how: 'cosignature' | 'anchor';
}

export interface Held {
  readonly checkpoint: Checkpoint;
  readonly file: File;
  readonly good: readonly Good<NodeKey>[];
}

export interface Feed {
  readonly n: number;
  readonly claim: FeedClaim;
  /** node/epoch */
  readonly name: string;
  readonly origin: string;
  readonly records: FeedRecord[];
  /** Roots at the sizes that anybody names. */
  readonly roots: Map<number, Hash>;
  readonly checkpoints: Held[];
  readonly attestations: Attestation[];
  readonly found: Damages;
  sound: boolean;
}

export interface Counts {
  signatures: number;
}

export interface Inputs {
  readonly source: Source;
  readonly files: readonly File[];
  readonly nodes: Nodes;
  readonly types: ActTypes;
  readonly counts: Counts;
}

const folder = (n: number): string => `data/feeds/${n}`;
const LEAF_PREFIX = new Uint8Array([0]);

export async function readFeeds(inputs: Inputs): Promise<{ feeds: Feed[]; lists: Damages[] }> {
  const byFeed = new Map<number, File[]>();
  for (const file of inputs.files) if (file.feed > 0 && file.name.startsWith('data/feeds/')) byFeed.set(file.feed, [...(byFeed.get(file.feed) ?? []), file]);
  const feeds: Feed[] = [];
  const lists: Damages[] = [];
  const most = inputs.files.reduce((greatest, file) => Math.max(greatest, file.feed), 1);
  for (let n = 1; n <= most; n++) {
    const own = new Damages();
    lists.push(own);
    const files = byFeed.get(n);
    if (!files) {
      own.add('feed.missing', { file: `${folder(n)}/` });
      break;
    }
    const feed = await readFeed(inputs, n, files, feeds, own);
    if (feed) feeds.push(feed);
  }
  findRoots(feeds, inputs.files, inputs.nodes);
  for (const feed of feeds) await checkFeed(inputs, feed, byFeed.get(feed.n)!);
  return { feeds, lists };
}

const order = (a: FeedClaim, b: FeedClaim): number => ascending(a.lane, b.lane) || ascending(a.node, b.node) || ascending(a.epoch, b.epoch);

async function readFeed(inputs: Inputs, n: number, files: readonly File[], before: readonly Feed[], found: Damages): Promise<Feed | null> {
  const named = (name: string): File | undefined => files.find((file) => file.name === `${folder(n)}/${name}`);
  for (const name of ['feed.json', 'headers', 'acts', 'confirmations']) {
    if (named(name)) continue;
    found.add('feed.missing', { file: `${folder(n)}/${name}`, feed: n });
    return null;
  }
  const bytes = await whole(inputs.source, named('feed.json')!, 4096);
  const claim = bytes && parseFeedClaim(bytes);
  const last = before.at(-1);
  const fault = !claim ? 'feed.malformed' : last && order(last.claim, claim) >= 0 ? 'feed.order' : !inputs.nodes.has(claim.node) ? 'card.missing' : null;
  if (fault || !claim) {
    found.add(fault!, { file: named('feed.json')!.name, feed: n });
    return null;
  }
  const sibling = before.find((feed) => feed.claim.lane === claim.lane);
  if (sibling && sibling.claim.space !== claim.space) found.add('feed.malformed', { file: named('headers')!.name, feed: n });
  const feed: Feed = {
    n, claim, name: `${claim.node}/${claim.epoch}`, origin: `${claim.node}/${claim.space}/${claim.lane}/${claim.epoch}`,
    records: [], roots: new Map(), checkpoints: [], attestations: [], found, sound: false,
  };
  await readRecords(inputs, feed, named('headers')!, named('acts')!, named('confirmations')!);
  return feed;
}

async function readRecords(inputs: Inputs, feed: Feed, headers: File, acts: File, confirmations: File): Promise<void> {
  const { source } = inputs;
  const actLines = lines(source, acts, ACT_MOST);
  const confirmationLines = lines(source, confirmations, CONFIRMATION_MOST);
  let broken = false;
  let ended = true;
  const counted = { acts: 0, confirmations: 0 };
  for await (const line of lines(source, headers, HEADER_MOST, LEAF_PREFIX)) {
    ended = line.ended;
    const seq = feed.records.length;
    const header = line.bytes && parseHeader(line.bytes);
    const fits = header !== null && isOfFeed(header, feed.claim, seq);
    const earlier = feed.records[seq - 1]?.header;
    if (!broken && (!fits || (earlier && header.time < earlier.time))) {
      broken = true;
      feed.found.add('record.header', { file: headers.name, line: seq + 1, feed: feed.n, record: seq });
    }
    const act = await next(actLines, counted, 'acts');
    const confirmation = await next(confirmationLines, counted, 'confirmations');
    const place = (file: File) => ({ file: file.name, line: seq + 1, feed: feed.n, record: seq });
    const actHere = isBody(act, header?.act ?? null);
    const confirmationHere = isBody(confirmation, header?.confirmation ?? null);
    if (act && act.length > 0 && !actHere) feed.found.add('record.act', place(acts));
    if (confirmation && confirmation.length > 0 && !confirmationHere) feed.found.add('record.confirmation', place(confirmations));
    feed.records.push(recordOf(inputs.types, header, fits, line, actHere ? act : null, confirmationHere ? confirmation : null));
  }
  const size = feed.records.length;
  if (!ended) feed.found.add('feed.lines', { file: headers.name, feed: feed.n });
  for (const [file, rest, name] of [[acts, actLines, 'acts'], [confirmations, confirmationLines, 'confirmations']] as const) {
    let last: Line | null = null;
    let extra = false;
    for await (const line of rest) {
      last = line;
      extra = true;
    }
    const unended = (last && !last.ended) || (file.size > 0 && (await source.read(file.offset + file.size - 1, 1))[0] !== 10);
    if (unended || extra || counted[name] < size) feed.found.add('feed.lines', { file: file.name, feed: feed.n });
  }
}

async function next(from: AsyncGenerator<Line>, counted: { acts: number; confirmations: number }, name: 'acts' | 'confirmations'): Promise<Line | null> {
  const { value, done } = await from.next();
  if (done) return null;
  counted[name]++;
  return value;
}

const isOfFeed = (header: Header, claim: FeedClaim, seq: number): boolean =>
  header.space === claim.space && header.lane === claim.lane && header.node === claim.node && header.epoch === claim.epoch && header.seq === seq;

const isBody = (line: Line | null, wanted: string | null): boolean => line !== null && line.length > 0 && line.hash !== null && wanted !== null && toHex(line.hash) === wanted;

function recordOf(types: ActTypes, header: Header | null, fits: boolean, line: Line, act: Line | null, confirmation: Line | null): FeedRecord {
  const json = header && act?.bytes ? keepAct(act.bytes, header) : null;
  // A confirmation that is named and not here leaves the record without its act (4.6).
  const complete = json !== null && (header?.confirmation === null || confirmation?.bytes != null);
  return {
    header, leaf: toHex(line.hash!), fits,
    body: act && { offset: act.offset, size: act.length },
    confirmation: confirmation && { offset: confirmation.offset, size: confirmation.length },
    act: complete ? actOf(types, json, header!, act!.bytes!) : null,
    blobs: json ? blobsOf(json) : [],
    class: null, reason: '', counted: true,
  };
}

function actOf(types: ActTypes, json: JsonObject, header: Header, bytes: Uint8Array): Act {
  const name = textOf(json.get('type'))!;
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  return {
    type: name,
    ofType: type !== undefined && isOfType(name, type, json),
    home: textOf(json.get('home')),
    kind: textOf(json.get('kind')),
    lasting: header.lasting ? json : null,
    challenge: header.confirmation === null ? null : challengeOf(bytes),
  };
}

/** The roots of all sizes that records, checkpoints and the feeds themselves name, in one walk over each feed. */
function findRoots(feeds: readonly Feed[], files: readonly File[], nodes: Nodes): void {
  const wanted = new Map<string, Set<number>>();
  const sizesOf = (lane: string, name: string): Set<number> => {
    const key = `${lane}/${name}`;
    let sizes = wanted.get(key);
    if (!sizes) wanted.set(key, (sizes = new Set()));
    return sizes;
  };
  for (const feed of feeds) {
    const own = sizesOf(feed.claim.lane, feed.name);
    own.add(feed.records.length);
    for (const file of files) if (file.feed === feed.n && file.kind === 'checkpoint') own.add(Number(file.number));
    for (const cutoff of nodes.get(feed.claim.node)!.newest.cutoffs) if (cutoff.feed === `${feed.claim.lane}/${feed.claim.epoch}`) own.add(Number(cutoff.size));
    for (const { header } of feed.records) for (const entry of header?.seen ?? []) sizesOf(feed.claim.lane, entry.feed).add(entry.size);
  }
  for (const feed of feeds) {
    const sizes = sizesOf(feed.claim.lane, feed.name);
    const frontier = new Frontier();
    if (sizes.has(0)) feed.roots.set(0, frontier.root());
    for (const { leaf } of feed.records) {
      frontier.append(fromHex(leaf));
      if (sizes.has(frontier.size)) feed.roots.set(frontier.size, frontier.root());
    }
  }
}

/** The log's keys of this feed, and every witness that has a card here: who may sign its checkpoints. */
export function keysFor(nodes: Nodes, node: string, origin: string): NodeKey[] {
  const own = nodes.get(node);
  return [...(own ? logKeys(own.newest, origin) : []), ...[...nodes.values()].flatMap((other) => witnessKeys(other.newest))];
}

/** The good signatures of a checkpoint of this origin, if the log's own is among them. */
export function signaturesOf(inputs: Inputs, checkpoint: Checkpoint, node: string, origin: string): Good<NodeKey>[] | null {
  if (checkpoint.origin !== origin) return null;
  const good = checkNote(checkpoint.note, keysFor(inputs.nodes, node, origin), inputs.counts);
  return good?.some(({ key }) => key.type === SIGNATURE) ? good : null;
}

/** Cosignatures of other nodes whose key held then count as attestations. */
export function attest(feed: Feed, size: bigint, good: readonly Good<NodeKey>[], how: Attestation['how']): void {
  for (const { key, seconds } of good) {
    if (key.type !== COSIGNATURE || key.node === feed.claim.node || seconds > 253_402_300_799n) continue;
    if (holds(key.card, new Date(Number(seconds) * 1000).toISOString())) feed.attestations.push({ by: key.node, size: Number(size), seconds: Number(seconds), how });
  }
}

async function checkFeed(inputs: Inputs, feed: Feed, files: readonly File[]): Promise<void> {
  const byNumber = (kind: File['kind']): File[] => files.filter((file) => file.kind === kind).sort((a, b) => (a.number < b.number ? -1 : 1));
  const needed = new Set<bigint>();
  for (const file of byNumber('checkpoint')) await checkCheckpoint(inputs, feed, file, files, needed);
  const { records, found, n, claim } = feed;
  feed.sound = feed.checkpoints.some(({ checkpoint }) => checkpoint.size === BigInt(records.length));
  if (!feed.sound) found.add('checkpoint.missing', { file: `${folder(n)}/checkpoints/${records.length}.checkpoint`, feed: n });
  for (const file of byNumber('consistency')) if (!needed.has(file.number)) found.add('checkpoint.unused', { file: file.name, feed: n });
  for (const file of byNumber('proof')) await checkProof(inputs, feed, file);
  const root = feed.roots.get(records.length)!;
  const json = `${folder(n)}/feed.json`;
  if (claim.size !== records.length) found.add('feed.size', { file: json, feed: n });
  else if (claim.root !== toHex(root)) found.add('feed.root', { file: json, feed: n });
}

async function checkCheckpoint(inputs: Inputs, feed: Feed, file: File, files: readonly File[], needed: Set<bigint>): Promise<void> {
  const fault = (code: string, name = file.name): void => feed.found.add(code, { file: name, feed: feed.n });
  const bytes = await whole(inputs.source, file, NOTE_MOST);
  const checkpoint = bytes && parseCheckpoint(bytes);
  const consistency = files.find((other) => other.kind === 'consistency' && other.number === file.number);
  const size = BigInt(feed.records.length);
  if (file.number > size) needed.add(file.number);
  if (!checkpoint) return fault('checkpoint.malformed');
  const good = signaturesOf(inputs, checkpoint, feed.claim.node, feed.origin);
  if (!good) return fault('checkpoint.signature');
  if (checkpoint.size !== file.number || checkpoint.extended) return fault('checkpoint.name');
  if (checkpoint.size <= size) {
    if (!equal(checkpoint.root, feed.roots.get(Number(checkpoint.size))!)) return fault('checkpoint.root');
  } else {
    const text = consistency && (await whole(inputs.source, consistency, 128 * 1024));
    const hashes = text ? parseHashes(utf8(text) ?? '?') : null;
    const holdsTrue = hashes && isConsistent(size, feed.roots.get(Number(size))!, checkpoint.size, checkpoint.root, hashes);
    if (!holdsTrue) return fault('checkpoint.consistency', consistency?.name ?? file.name);
  }
  feed.checkpoints.push({ checkpoint, file, good });
  attest(feed, checkpoint.size, good, 'cosignature');
}

async function checkProof(inputs: Inputs, feed: Feed, file: File): Promise<void> {
  const fault = (code: string, record?: number): void => feed.found.add(code, { file: file.name, feed: feed.n, ...(record === undefined ? {} : { record }) });
  const bytes = await whole(inputs.source, file, NOTE_MOST);
  const proof = bytes && parseProof(bytes);
  if (!proof) return fault('proof.malformed');
  const seq = Number(file.number);
  const record = feed.records[seq];
  if (proof.index !== file.number || proof.extra || !record) return fault('proof.name');
  if (!provenBy(inputs, proof, fromHex(record.leaf), feed.claim.node, feed.origin)) fault('proof.wrong', seq);
}

/** The good signatures of a proof's checkpoint, if it holds for the leaf. */
export function provenBy(inputs: Inputs, proof: Proof, leaf: Hash, node: string, origin: string): Good<NodeKey>[] | null {
  const { checkpoint, index, hashes } = proof;
  if (!checkpoint || checkpoint.extended) return null;
  const root = rootOfInclusion(leaf, index, checkpoint.size, hashes);
  return root && equal(root, checkpoint.root) ? signaturesOf(inputs, checkpoint, node, origin) : null;
}
