/** The tree of RFC 6962, section 2.1 (section 1). Hashes are bytes here and hex wherever they are compared as names. */
import { sha256 } from '@noble/hashes/sha2.js';
import { equal } from './bytes.ts';

export type Hash = Uint8Array;

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
export const leafHash = (data: Uint8Array): Hash => sha256.create().update(LEAF).update(data).digest();
export const nodeHash = (left: Hash, right: Hash): Hash => sha256.create().update(NODE).update(left).update(right).digest();
export const emptyRoot: Hash = sha256(new Uint8Array());

/** The roots of the complete subtrees, largest first: all that a growing tree has to remember. */
export class Frontier {
  size = 0;
  private readonly peaks: Hash[] = [];

  append(leaf: Hash): void {
    for (let n = this.size; n % 2 === 1; n = Math.floor(n / 2)) leaf = nodeHash(this.peaks.pop()!, leaf);
    this.peaks.push(leaf);
    this.size++;
  }

  root(): Hash {
    if (this.size === 0) return emptyRoot;
    return this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The root that a proof leads to from `leaf`, or null where the proof does not fit index and size (1.3). */
export function rootOfInclusion(leaf: Hash, index: bigint, size: bigint, proof: readonly Hash[]): Hash | null {
  if (index >= size) return null;
  let fn = index;
  let sn = size - 1n;
  let root = leaf;
  for (const hash of proof) {
    if (sn === 0n) return null;
    if (fn % 2n === 1n || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2n === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      root = nodeHash(root, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? root : null;
}

const isPowerOfTwo = (n: bigint): boolean => (n & (n - 1n)) === 0n;

/** Is the tree of `newSize` and `newRoot` the one of `oldSize` and `oldRoot`, grown? (1.4) */
export function isConsistent(oldSize: bigint, oldRoot: Hash, newSize: bigint, newRoot: Hash, proof: readonly Hash[]): boolean {
  if (oldSize > newSize) return false;
  if (oldSize === 0n && !equal(oldRoot, emptyRoot)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (oldSize === 0n) return proof.length === 0;
  if (proof.length === 0) return false;
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  let fn = oldSize - 1n;
  let sn = newSize - 1n;
  while (fn % 2n === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = first!;
  let sr = first!;
  for (const hash of rest) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      fr = nodeHash(hash, fr);
      sr = nodeHash(hash, sr);
      while (fn % 2n === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = nodeHash(sr, hash);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(fr, oldRoot) && equal(sr, newRoot);
}
