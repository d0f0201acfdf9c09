// A software authenticator: what a passkey does, with node:crypto. Ed25519, resident, user verified.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const b64url = (bytes) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

// The few CBOR items that an attestation needs.
const head = (major, n) => (n < 24 ? Buffer.from([(major << 5) | n]) : n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]));
const int = (n) => (n >= 0 ? head(0, n) : head(1, -n - 1));
const bytes = (value) => Buffer.concat([head(2, value.length), value]);
const text = (value) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
const map = (...pairs) => Buffer.concat([head(5, pairs.length), ...pairs.flat()]);

export class Authenticator {
  constructor(origin) {
    this.origin = origin;
    this.rpId = new URL(origin).hostname;
    this.credentials = new Map(); // id -> {key, user, counter}
  }

  #clientData(type, challenge, more = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...more }));
  }

  #authenticatorData(flags, counter, attested = Buffer.alloc(0)) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(this.rpId), Buffer.from([flags]), count, attested]);
  }

  /** Answers PublicKeyCredentialCreationOptionsJSON. */
  create(options) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const id = randomBytes(32);
    const cose = map([int(1), int(1)], [int(3), int(-8)], [int(-1), int(6)], [int(-2), bytes(raw)]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const data = this.#authenticatorData(0x45, 1, Buffer.concat([Buffer.alloc(16), length, id, cose]));
    const attestation = map([text('fmt'), text('none')], [text('attStmt'), map()], [text('authData'), bytes(data)]);
    this.credentials.set(b64url(id), { key: privateKey, user: options.user.id, counter: 1 });
    return { credential: b64url(id), client_data: b64url(this.#clientData('webauthn.create', options.challenge)), attestation_object: b64url(attestation), transports: ['internal'] };
  }

  /** Answers a challenge (base64url). `change` breaks it on purpose. */
  get(challenge, change = {}) {
    const id = change.credential ?? [...this.credentials.keys()].at(-1);
    const credential = this.credentials.get(id);
    const data = this.#authenticatorData(change.flags ?? 0x05, ++credential.counter);
    const client = this.#clientData(change.type ?? 'webauthn.get', challenge, change.clientData);
    const signature = sign(null, Buffer.concat([data, sha256(client)]), credential.key);
    if (change.flipSignature) signature[10] ^= 1;
    return { credential: id, authenticator_data: b64url(data), client_data: b64url(client), signature: b64url(signature) };
  }

  userHandle(id = [...this.credentials.keys()].at(-1)) {
    return this.credentials.get(id).user;
  }
}
