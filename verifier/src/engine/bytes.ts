/** Bytes and the texts that stand for them. Every decoder knows one spelling of a value and refuses all others (1.1). */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

export { sha256 };
export const toHex = bytesToHex;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const encode = (text: string): Uint8Array => encoder.encode(text);

/** The text, or null where the bytes are no UTF-8. A byte order mark stays what it is: a character. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** One character a byte, U+0000 to U+00FF (a TextDecoder's "latin1" is another code page). */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let n = 0; n < bytes.length; n++) bytes[n] = parseInt(text.slice(2 * n, 2 * n + 2), 16);
  return bytes;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}

/** Where two runs of bytes part: the first byte that differs, or the end of the shorter one; -1 where they are the same. */
export function difference(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let n = 0; n < shared; n++) if (a[n] !== b[n]) return n;
  return a.length === b.length ? -1 : shared;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Order by bytes of ASCII texts. */
export const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Order by the bytes of UTF-8, which is that of code points and not of JavaScript's units. */
export function byBytes(a: string, b: string): number {
  const [one, other] = [encode(a), encode(b)];
  const at = difference(one, other);
  return at < 0 ? 0 : (one[at] ?? -1) - (other[at] ?? -1);
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = STANDARD.slice(0, 62) + '-_';

function decode(text: string, alphabet: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return null;
    value = ((value << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (value >> bits) & 0xff;
    }
  }
  if (text.length % 4 === 1 || (value & ((1 << bits) - 1)) !== 0) return null;
  return bytes.subarray(0, at);
}

export function base64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const end = text.endsWith('==') ? -2 : text.endsWith('=') ? -1 : text.length;
  return decode(text.slice(0, end), STANDARD);
}

export const base64url = (text: string): Uint8Array | null => decode(text, URL_SAFE);

function spell(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  for (let n = 0; n < bytes.length; n += 3) {
    const value = ((bytes[n] ?? 0) << 16) | ((bytes[n + 1] ?? 0) << 8) | (bytes[n + 2] ?? 0);
    const digits = Math.min(4, bytes.length - n + 1);
    for (let d = 0; d < digits; d++) text += alphabet[(value >> (18 - 6 * d)) & 63];
  }
  return text;
}

export const toBase64url = (bytes: Uint8Array): string => spell(bytes, URL_SAFE);
export function toBase64(bytes: Uint8Array): string {
  const text = spell(bytes, STANDARD);
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

const LIMIT = 1n << 63n;

/** Digits without sign and leading zero, below 2^63 (1.5). */
export function decimal(text: string): bigint | null {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return null;
  const value = BigInt(text);
  return value < LIMIT ? value : null;
}

export function bigEndian(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let n = length - 1; n >= 0; n--, value >>= 8n) bytes[n] = Number(value & 0xffn);
  return bytes;
}
