/** A person's confirmation: a WebAuthn assertion, checked offline (7.5). */
import { p256 } from '@noble/curves/nist.js';
import { base64url, concat, encode, equal, fromHex, sha256, toBase64url, toHex } from './bytes.ts';
import { verifyEd25519 } from './ed25519.ts';
import { parseJson, textOf } from './json.ts';

export const CONFIRMATION_MOST = 16_384;
const CLIENT_DATA_MOST = 16_384;
const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;

interface CoseKey {
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** The three spellings of a COSE key that count; everything but the numbers is fixed. */
export function parseCose(bytes: Uint8Array): CoseKey | null {
  const text = toHex(bytes);
  const ec = /^a5010203262001215820([0-9a-f]{64})225820([0-9a-f]{64})$/.exec(text);
  if (ec) return p256Key(fromHex(`04${ec[1]}${ec[2]}`));
  const ed = /^a4010103272006215820([0-9a-f]{64})$/.exec(text);
  if (ed) return { verify: (message, signature) => verifyEd25519(fromHex(ed[1]!), message, signature) };
  const rsa = /^a401030339010020590([12])([0-9a-f]{2})((?:[0-9a-f]{2})+)2143([0-9a-f]{6})$/.exec(text);
  if (!rsa || rsa[3]!.length !== 2 * parseInt(rsa[1]! + rsa[2]!, 16)) return null;
  return rsaKey(rsa[3]!, rsa[4]!);
}

function p256Key(point: Uint8Array): CoseKey | null {
  try {
    p256.Point.fromBytes(point);
  } catch {
    return null;
  }
  return {
    verify(message, signature) {
      try {
        return p256.verify(signature, message, point, { format: 'der', lowS: false });
      } catch {
        return false; // no DER
      }
    },
  };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n, base = (base * base) % modulus) if (exponent & 1n) result = (result * base) % modulus;
  return result;
}

const DIGEST_INFO = '3031300d060960864801650304020105000420';

/** PKCS#1 v1.5 over SHA-256: the padded text is built and compared whole. */
function rsaKey(modulusHex: string, exponentHex: string): CoseKey | null {
  const modulus = BigInt(`0x${modulusHex}`);
  const exponent = BigInt(`0x${exponentHex}`);
  const length = modulusHex.length / 2;
  const fits = length >= 256 && length <= 512 && !modulusHex.startsWith('00') && (length > 256 || modulusHex[0]! >= '8');
  if (!fits || modulus % 2n === 0n || exponentHex.startsWith('00') || exponent % 2n === 0n) return null;
  return {
    verify(message, signature) {
      const value = signature.length === length ? BigInt(`0x${toHex(signature)}`) : modulus;
      if (value >= modulus) return false;
      const tail = DIGEST_INFO + toHex(sha256(message));
      const padded = `0001${'ff'.repeat(length - 3 - tail.length / 2)}00${tail}`;
      return power(value, exponent, modulus).toString(16).padStart(2 * length, '0') === padded;
    },
  };
}

export interface Confirmation {
  readonly credential: string;
  readonly authenticatorData: Uint8Array;
  readonly clientData: Uint8Array;
  readonly signature: Uint8Array;
}

export function parseConfirmation(bytes: Uint8Array): Confirmation | null {
  const json = bytes.length <= CONFIRMATION_MOST ? parseJson(bytes) : null;
  const decoded = ['credential', 'authenticator_data', 'client_data', 'signature'].map((name) => base64url(textOf(json?.get(name)) ?? '!'));
  if (json?.size !== 4 || decoded.includes(null)) return null;
  const [, authenticatorData, clientData, signature] = decoded as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { credential: textOf(json.get('credential'))!, authenticatorData, clientData, signature };
}

/** What a passkey signs for an act. */
export const challengeOf = (act: Uint8Array): Uint8Array => sha256(concat(encode('comity/act/v1\0'), act));

function saysRight(clientData: Uint8Array, challenge: Uint8Array, origin: string): boolean {
  const client = clientData.length <= CLIENT_DATA_MOST ? parseJson(clientData, true) : null;
  if (!client || client.get('type') !== 'webauthn.get' || client.get('challenge') !== toBase64url(challenge)) return false;
  return client.get('origin') === origin && client.get('crossOrigin') !== true && !client.has('topOrigin');
}

/** The host of a web origin: without its port and without the brackets of an IPv6 address. */
export function hostOf(origin: string): string | null {
  const found = /^https?:\/\/(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::([0-9]{0,5}))?$/.exec(origin);
  return found && Number(found[3] ?? 0) <= 65_535 ? (found[1] ?? found[2]!) : null;
}

export function confirms(confirmation: Confirmation, cose: Uint8Array, challenge: Uint8Array, origin: string): boolean {
  const key = parseCose(cose);
  const host = hostOf(origin);
  const data = confirmation.authenticatorData;
  if (!key || host === null || data.length < 37 || !saysRight(confirmation.clientData, challenge, origin)) return false;
  const flags = data[32]!;
  const present = (flags & UP) !== 0 && (flags & UV) !== 0 && ((flags & BS) === 0 || (flags & BE) !== 0);
  if (!present || !equal(data.subarray(0, 32), sha256(encode(host)))) return false;
  return key.verify(concat(data, sha256(confirmation.clientData)), confirmation.signature);
}
