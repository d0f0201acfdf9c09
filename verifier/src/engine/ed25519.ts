/** Ed25519 by the one rule of 3.1: S below the order, A and R canonical and of no small order, the equation without cofactor.
 * The library gives the curve alone, since its own verify() multiplies by the cofactor. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { equal } from './bytes.ts';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const PRIME = Point.Fp.ORDER;

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let n = bytes.length - 1; n >= 0; n--) value = (value << 8n) | BigInt(bytes[n]!);
  return value;
}

/** The point that the 32 bytes spell, if they are its one canonical spelling and it is of no small order. */
function pointOf(bytes: Uint8Array): InstanceType<typeof Point> | null {
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  if (bytes.length !== 32 || y >= PRIME) return null;
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() || !equal(point.toBytes(), bytes) ? null : point;
  } catch {
    return null; // no point of the curve
  }
}

export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const encodedR = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const a = pointOf(key);
  const r = pointOf(encodedR);
  if (s >= ORDER || !a || !r) return false;
  const k = littleEndian(sha512.create().update(encodedR).update(key).update(message).digest()) % ORDER;
  const left = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
  return left.equals(r.add(k === 0n ? Point.ZERO : a.multiplyUnsafe(k)));
}
