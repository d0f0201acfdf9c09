/** Signed notes, checkpoints and proofs (sections 3 and 10). */
import { base64, concat, decimal, encode, equal, latin1, sha256, utf8 } from './bytes.ts';
import { verifyEd25519 } from './ed25519.ts';
import type { Hash } from './merkle.ts';

const LARGEST = 128 * 1024;
const PROOF_HASHES = 63;
export const SIGNATURE = 1;
export const COSIGNATURE = 4;

export interface SignatureLine {
  readonly name: string;
  readonly id: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface Note {
  readonly text: string;
  readonly lines: readonly SignatureLine[];
}

export interface Key {
  readonly name: string;
  readonly type: typeof SIGNATURE | typeof COSIGNATURE;
  readonly bytes: Uint8Array;
}

/** A line whose signature is good, with the key that made it. */
export interface Good<K extends Key> {
  readonly key: K;
  /** Seconds since 1970 of a cosignature. */
  readonly seconds: bigint;
}

function signatureLine(line: string): SignatureLine | null {
  const found = /^\u2014 ([^\p{White_Space}+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  const bytes = found && base64(found[2]!);
  if (!found || !bytes || bytes.length < 5) return null;
  return { name: found[1]!, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
}

export function parseNote(bytes: Uint8Array): Note | null {
  const whole = bytes.length <= LARGEST ? utf8(bytes) : null;
  if (whole === null || /[\0-\x09\x0b-\x1f]/.test(whole) || !whole.endsWith('\n')) return null;
  const split = whole.lastIndexOf('\n\n');
  if (split < 0) return null;
  const rest = whole.slice(split + 2);
  const lines = rest === '' ? [] : rest.slice(0, -1).split('\n').map(signatureLine);
  if (lines.length === 0 || lines.some((line) => line === null)) return null;
  return { text: whole.slice(0, split + 1), lines: lines as SignatureLine[] };
}

export const keyId = ({ name, type, bytes }: Key): Uint8Array => sha256(concat(encode(`${name}\n`), new Uint8Array([type]), bytes)).subarray(0, 4);

function isGood(key: Key, text: string, signature: Uint8Array): bigint | null {
  if (key.type === SIGNATURE) return verifyEd25519(key.bytes, encode(text), signature) ? 0n : null;
  if (signature.length !== 72) return null;
  const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  if (seconds >= 1n << 63n) return null;
  const signed = encode(`cosignature/v1\ntime ${seconds}\n${text}`);
  return verifyEd25519(key.bytes, signed, signature.subarray(8)) ? seconds : null;
}

/** The good lines of known keys; null where one of them is bad, or where there is none (3.3). */
export function checkNote<K extends Key>(note: Note, known: readonly K[], counts?: { signatures: number }): Good<K>[] | null {
  const good: Good<K>[] = [];
  for (const line of note.lines) {
    for (const key of known) {
      if (key.name !== line.name || !equal(keyId(key), line.id)) continue;
      const seconds = isGood(key, note.text, line.bytes);
      if (seconds === null) return null;
      good.push({ key, seconds });
      if (counts) counts.signatures++;
    }
  }
  return good.length > 0 ? good : null;
}

export interface Checkpoint {
  readonly note: Note;
  readonly origin: string;
  readonly size: bigint;
  readonly root: Hash;
  readonly extended: boolean;
}

export function parseCheckpoint(bytes: Uint8Array): Checkpoint | null {
  const note = parseNote(bytes);
  const lines = note?.text.slice(0, -1).split('\n');
  if (!note || !lines || lines.length < 3 || lines.some((line) => line === '')) return null;
  const size = decimal(lines[1]!);
  const root = base64(lines[2]!);
  if (size === null || root?.length !== 32) return null;
  return { note, origin: lines[0]!, size, root, extended: lines.length > 3 };
}

function hashes(lines: readonly string[]): Hash[] | null {
  const all = lines.map(base64);
  return all.every((hash) => hash?.length === 32) ? (all as Hash[]) : null;
}

/** A file of hashes, each line ended by LF (10.4). */
export function parseHashes(text: string): Hash[] | null {
  if (text === '') return [];
  return text.endsWith('\n') ? hashes(text.slice(0, -1).split('\n')) : null;
}

export interface Proof {
  readonly index: bigint;
  readonly extra: boolean;
  readonly hashes: readonly Hash[];
  /** Null where what follows the hashes is no signed checkpoint. */
  readonly checkpoint: Checkpoint | null;
}

export function parseProof(bytes: Uint8Array): Proof | null {
  const split = latin1(bytes).indexOf('\n\n');
  const head = split < 0 ? null : utf8(bytes.subarray(0, split + 1));
  const found = head === null ? null : /^c2sp\.org\/tlog-proof@v1\n(extra ([A-Za-z0-9+/=]*)\n)?index ([0-9]+)\n([^]*)$/.exec(head);
  if (!found) return null;
  const [, extra, extraValue, indexText, listed] = found;
  const index = decimal(indexText!);
  const list = parseHashes(listed!);
  if (index === null || !list || list.length > PROOF_HASHES || (extra && !base64(extraValue!))) return null;
  return { index, extra: extra !== undefined, hashes: list, checkpoint: parseCheckpoint(bytes.subarray(split + 2)) };
}
