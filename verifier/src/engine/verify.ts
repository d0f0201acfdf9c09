/** Verifying a package (section 16): the phases A to J, and the answers. */
import type { ActTypes } from './acts.ts';
import { checkAnchors, checkRetired } from './anchors.ts';
import { checkBag, hashFiles, type Hashes } from './bag.ts';
import type { Card } from './card.ts';
import { isSelfSigned, parseCard } from './card.ts';
import { readCards, trust, type Nodes } from './cards.ts';
import { checkClaims, noteFault } from './claims.ts';
import { parseContents, type Contents } from './contents.ts';
import { Damages, type Damage } from './damage.ts';
import { readFeeds, type Feed } from './feed.ts';
import { layOut, type File } from './layout.ts';
import { whole, type Source } from './source.ts';
import { walkLanes, type Walked } from './walk.ts';
import { readZip } from './zip.ts';

const CONTENTS_MOST = 64 * 1024 * 1024;

export interface Options {
  readonly types: ActTypes;
  /** The cards that the verifier's user trusts. */
  readonly given: readonly Card[];
  /** Bytes hashed so far, of how many. */
  readonly progress?: (done: number, all: number) => void;
  /** What an earlier verification of the same file hashed: another card changes none of it. */
  readonly hashed?: Hashes | undefined;
}

/** All that is known of a package once it was verified; the report and the page are made from it. */
export interface Verified {
  readonly source: Source;
  readonly damages: readonly Damage[];
  readonly files: readonly File[];
  readonly hashes: Hashes;
  readonly contents: Contents | null;
  readonly nodes: Nodes;
  readonly feeds: readonly Feed[];
  readonly walked: Walked | null;
  readonly signatures: number;
  readonly asked: boolean;
}

/** A card that somebody gives: its text must be one, and signed by a key that it lists. */
export function readGiven(bytes: Uint8Array): Card | null {
  const card = parseCard(bytes);
  return card && isSelfSigned(card) ? card : null;
}

export async function verify(source: Source, { types, given, progress, hashed }: Options): Promise<Verified> {
  const asked = given.length > 0;
  const early = new Damages();
  const entries = await readZip(source, early);
  const files = early.none ? layOut(entries, early) : [];
  if (!early.none) return { source, damages: early.list, files: [], hashes: new Map(), contents: null, nodes: new Map(), feeds: [], walked: null, signatures: 0, asked };

  const hashes = hashed ?? (await hashFiles(source, files, (done) => progress?.(done, source.size)));
  const [c, d, e, i, j] = [new Damages(), new Damages(), new Damages(), new Damages(), new Damages()];
  const named = (name: string): File => files.find((file) => file.name === name)!;
  const contentsBytes = await whole(source, named('data/package.json'), CONTENTS_MOST);
  const contents = contentsBytes && parseContents(contentsBytes);
  if (!contents) d.add('package.malformed', { file: 'data/package.json' });
  const counts = { signatures: 0 };
  const nodes = await readCards(source, files, e, counts);
  trust(nodes, given);
  const inputs = { source, files, nodes, types, counts };
  const { feeds, lists } = await readFeeds(inputs);
  const walked = await walkLanes({ ...inputs, feeds, contents });
  await checkAnchors(inputs, feeds, i);
  checkRetired(inputs, feeds, i);
  if (contents && walked.sound && walked.lanes.length > 0) await checkClaims({ source, files, feeds, contents }, walked, j);
  const fault = contents && (await noteFault(source, named('package.note'), contents, nodes, hashes.get('manifest-sha256.txt')!.sha256, counts));
  if (fault) j.add(fault, { file: 'package.note' });
  await checkBag({ source, files, hashes, contents, noteIsGood: contents !== null && fault === null }, c);
  const f = lists.flatMap(({ list }) => list).slice(0, Damages.MOST);
  const damages = [c.list, d.list, e.list, f, walked.g.list, walked.h.list, i.list, j.list].flat();
  return { source, damages, files, hashes, contents, nodes, feeds, walked, signatures: counts.signatures, asked };
}

export type Trust = 'trusted' | 'not-trusted' | 'not-asked';

export function trustOf({ asked, nodes }: Verified, node: string | undefined): Trust {
  return !asked ? 'not-asked' : nodes.get(node ?? '')?.trusted ? 'trusted' : 'not-trusted';
}

/** 16.2 */
export function exitOf(verified: Verified): 0 | 1 | 3 | 4 {
  if (verified.damages.length > 0) return 1;
  const given = trustOf(verified, verified.contents?.node);
  return given === 'trusted' ? 0 : given === 'not-asked' ? 3 : 4;
}
