/** Phase I: anchors, and the checkpoints of keys that have ended. */
import { bigEndian, concat, decimal, encode, equal, fromHex, sha256, utf8 } from './bytes.ts';
import type { Damages } from './damage.ts';
import { attest, provenBy, type Feed, type Held, type Inputs } from './feed.ts';
import type { File } from './layout.ts';
import { leafHash, rootOfInclusion, type Hash } from './merkle.ts';
import { SIGNATURE, parseHashes, parseProof } from './note.ts';
import { whole } from './source.ts';

interface Anchored {
  readonly salt: string;
  readonly checkpoint: bigint;
  readonly index: bigint;
  readonly size: bigint;
  readonly hashes: readonly Hash[];
}

function parseAnchored(bytes: Uint8Array): Anchored | null {
  const found = /^comity\/anchored\/v1\nsalt ([0-9a-f]{64})\ncheckpoint ([0-9]+)\nindex ([0-9]+)\nsize ([0-9]+)\n([^]*)$/.exec(utf8(bytes) ?? '');
  const hashes = found && parseHashes(found[5]!);
  const numbers = found?.slice(2, 5).map(decimal);
  if (!found || !hashes || hashes.length > 63 || !numbers || numbers.includes(null)) return null;
  const [checkpoint, index, size] = numbers as [bigint, bigint, bigint];
  return { salt: found[1]!, checkpoint, index, size, hashes };
}

const folderOf = (file: File): string => file.name.slice(0, file.name.lastIndexOf('/'));

export async function checkAnchors(inputs: Inputs, feeds: readonly Feed[], found: Damages): Promise<void> {
  const beside = (file: File, kind: File['kind']): File[] => inputs.files.filter((other) => other.kind === kind && folderOf(other) === folderOf(file));
  for (const file of inputs.files) {
    if (file.kind === 'anchored') await checkAnchored(inputs, feeds, file, beside(file, 'anchor')[0], found);
    if (file.kind === 'anchor' && beside(file, 'anchored').length === 0) found.add('anchor.unused', { file: file.name });
  }
}

async function checkAnchored(inputs: Inputs, feeds: readonly Feed[], file: File, proofFile: File | undefined, found: Damages): Promise<void> {
  const fault = (code: string): void => found.add(code, { file: file.name, feed: file.feed });
  const feed = feeds.find((one) => one.n === file.feed);
  if (!feed || feed.claim.node !== file.node) return fault('anchor.feed');
  const bytes = await whole(inputs.source, file, 8192);
  const anchored = bytes && parseAnchored(bytes);
  if (!anchored) return fault('anchor.malformed');
  const held = feed.checkpoints.find(({ checkpoint }) => checkpoint.size === anchored.checkpoint);
  if (!held) return fault('anchor.checkpoint');
  const text = held.checkpoint.note.text;
  const leaf = leafHash(sha256(concat(fromHex(anchored.salt), encode(text))));
  const root = rootOfInclusion(leaf, anchored.index, anchored.size, anchored.hashes);
  if (!root) return fault('anchor.path');
  if (!proofFile) return fault('anchor.missing');
  const proofBytes = await whole(inputs.source, proofFile, 160 * 1024);
  const proof = proofBytes && parseProof(proofBytes);
  const entry = leafHash(concat(root, bigEndian(file.number, 8)));
  const good = proof && provenBy(inputs, proof, entry, file.node, `${file.node}/anchors/${file.epoch}`);
  if (!good || proof.index !== file.number || proof.extra) return found.add('anchor.proof', { file: proofFile.name });
  attest(feed, anchored.checkpoint, good, 'anchor');
}

/** Checkpoints that were signed by a key which has ended need something that shows that they are from before. */
export function checkRetired(inputs: Inputs, feeds: readonly Feed[], found: Damages): void {
  for (const feed of feeds) {
    for (const held of feed.checkpoints) {
      const own = held.good.filter(({ key }) => key.type === SIGNATURE);
      const until = own.every(({ key }) => key.card.until !== null) ? own.map(({ key }) => key.card.until!).sort().at(-1)! : null;
      if (until !== null && !stands(inputs, feed, held, until)) found.add('checkpoint.retired', { file: held.file.name, feed: feed.n });
    }
  }
}

function stands(inputs: Inputs, feed: Feed, { checkpoint }: Held, until: string): boolean {
  const later = feed.checkpoints.some((other) => other.checkpoint.size >= checkpoint.size && other.good.some(({ key }) => key.type === SIGNATURE && key.card.until === null));
  if (later) return true;
  const cutoffs = inputs.nodes.get(feed.claim.node)!.newest.cutoffs.filter((cutoff) => cutoff.feed === `${feed.claim.lane}/${feed.claim.epoch}`);
  const greatest = cutoffs.reduce<(typeof cutoffs)[number] | null>((best, one) => (best && best.size >= one.size ? best : one), null);
  if (greatest && greatest.size >= checkpoint.size) {
    const root = feed.roots.get(Number(greatest.size));
    if (greatest.size > BigInt(feed.records.length) || (root && equal(root, greatest.root))) return true;
  }
  return feed.attestations.some(({ size, seconds }) => BigInt(size) >= checkpoint.size && seconds * 1000 < Date.parse(until));
}
