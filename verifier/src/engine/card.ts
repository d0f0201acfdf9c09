/** Node cards (section 12): who vouches for a node's other keys, and for how long. */
import { base64, decimal, encode, fromHex, sha256, toHex } from './bytes.ts';
import { COSIGNATURE, SIGNATURE, checkNote, parseNote, type Key, type Note } from './note.ts';
import { isNode, isTime } from './words.ts';

export type KeyKind = 'identity' | 'log' | 'witness' | 'tls';

export interface CardKey {
  readonly kind: KeyKind;
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly until: string | null;
}

export interface Cutoff {
  readonly feed: string; // lane/epoch
  readonly size: bigint;
  readonly root: Uint8Array;
}

export interface Card {
  readonly note: Note;
  readonly node: string;
  readonly title: string;
  readonly country: string;
  readonly number: bigint;
  readonly previous: string | null;
  readonly issued: string;
  readonly web: string;
  readonly keys: readonly CardKey[];
  readonly cutoffs: readonly Cutoff[];
}

const HEAD = ['comity/card/v1', 'node ', 'title ', 'country ', 'number ', 'previous ', 'issued ', 'web '];
const KINDS: readonly string[] = ['identity', 'log', 'witness', 'tls'];

function parseKey(words: readonly string[]): CardKey | null {
  const [kind, spelled, from, until] = words;
  const bytes = words.length === 4 ? base64(spelled!) : null;
  if (!bytes || !isTime(from!) || (until !== '-' && (!isTime(until!) || until! < from!))) return null;
  const fits = kind === 'tls' ? bytes.length >= 1 && bytes.length <= 4096 : bytes.length === 32;
  return fits ? { kind: kind as KeyKind, bytes, from: from!, until: until === '-' ? null : until! } : null;
}

function parseCutoff(words: readonly string[]): Cutoff | null {
  const [, feed, sizeText, root] = words;
  const size = words.length === 4 ? decimal(sizeText!) : null;
  if (size === null || !/^[0-9a-f]{64}\/[0-9a-f]{16}$/.test(feed!) || !/^[0-9a-f]{64}$/.test(root!)) return null;
  return { feed: feed!, size, root: fromHex(root!) };
}

function parseLists(lines: readonly string[]): Pick<Card, 'keys' | 'cutoffs'> | null {
  const keys: CardKey[] = [];
  const cutoffs: Cutoff[] = [];
  for (const line of lines) {
    const words = line.split(' ');
    if (KINDS.includes(words[0]!)) {
      const key = parseKey(words);
      if (!key || cutoffs.length > 0 || keys.some((other) => other.kind === key.kind && toHex(other.bytes) === toHex(key.bytes))) return null;
      keys.push(key);
    } else if (words[0] === 'cutoff') {
      const cutoff = parseCutoff(words);
      if (!cutoff) return null;
      cutoffs.push(cutoff);
    }
  }
  return { keys, cutoffs };
}

const isWebOrigin = (text: string): boolean => text.length <= 255 && /^https?:\/\/[a-z0-9.:[\]-]+$/.test(text);

export function parseCard(bytes: Uint8Array): Card | null {
  const note = parseNote(bytes);
  const lines = note?.text.slice(0, -1).split('\n');
  if (!note || !lines || lines.length < HEAD.length || lines.includes('')) return null;
  if (!HEAD.every((word, n) => (n === 0 ? lines[0] === word : lines[n]!.startsWith(word)))) return null;
  const [, node, title, country, numberText, previous, issued, web] = lines.map((line, n) => line.slice(HEAD[n]?.length ?? 0)) as [string, string, string, string, string, string, string, string];
  const number = decimal(numberText);
  const lists = parseLists(lines.slice(HEAD.length));
  const titleLength = encode(title).length;
  if (!isNode(node) || titleLength < 1 || titleLength > 400 || !/^[A-Z]{2}$/.test(country) || number === null || number < 1n) return null;
  if (number === 1n ? previous !== '-' : !/^[0-9a-f]{64}$/.test(previous)) return null;
  if (!isTime(issued) || !isWebOrigin(web) || !lists) return null;
  return { note, node, title, country, number, previous: previous === '-' ? null : previous, issued, web, ...lists };
}

export const cardHash = (card: Card): string => toHex(sha256(encode(card.note.text)));

export interface NodeKey extends Key {
  readonly node: string;
  readonly card: CardKey;
}

export const holds = (key: CardKey, time: string): boolean => key.from <= time && (key.until === null || time < key.until);

function keysAs(card: Card, kind: KeyKind, name: string, type: Key['type']): NodeKey[] {
  return card.keys.filter((key) => key.kind === kind).map((key) => ({ name, type, bytes: key.bytes, node: card.node, card: key }));
}

export const identityKeys = (card: Card): NodeKey[] => keysAs(card, 'identity', `${card.node}/card`, SIGNATURE);
export const logKeys = (card: Card, name: string): NodeKey[] => keysAs(card, 'log', name, SIGNATURE);
export const witnessKeys = (card: Card): NodeKey[] => keysAs(card, 'witness', `${card.node}/witness`, COSIGNATURE);

/** Signed by an identity key that it lists itself (12.2). */
export const isSelfSigned = (card: Card, counts?: { signatures: number }): boolean => checkNote(card.note, identityKeys(card), counts) !== null;

/** Does `later` follow `earlier`? (12.3) */
export function follows(later: Card, earlier: Card): boolean {
  if (later.node !== earlier.node || later.number !== earlier.number + 1n || later.previous !== cardHash(earlier)) return false;
  const able = identityKeys(earlier).filter((key) => holds(key.card, later.issued));
  return later.issued >= earlier.issued && checkNote(later.note, able) !== null;
}
