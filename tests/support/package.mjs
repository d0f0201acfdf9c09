// A package in pieces, so that one thing can be changed and all that is no signature put in order again, as a forger would.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** [{name, bytes}], names without the base directory, in the order of the ZIP. Stored, without gaps. */
export function piecesOf(zip) {
  const pieces = [];
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    const nameLength = zip.readUInt16LE(at + 26);
    const extra = at + 30 + nameLength;
    const name = zip.subarray(at + 30, extra).toString();
    const from = extra + zip.readUInt16LE(at + 28);
    const size = Number(zip.readBigUInt64LE(extra + 12));
    pieces.push({ name: name.slice(name.indexOf('/') + 1), bytes: Buffer.from(zip.subarray(from, from + size)), header: at, from });
    at = from + size;
  }
  return pieces;
}

export const piece = (pieces, name) => pieces.find((one) => one.name === name) ?? throwing(`no ${name} among ${pieces.map((one) => one.name).join('\n')}`);
export const pieceLike = (pieces, pattern) => pieces.find((one) => pattern.test(one.name)) ?? throwing(`nothing like ${pattern}`);
function throwing(message) {
  throw new Error(message);
}

function numbers(...fields) {
  const bytes = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}

const ALL = 0xffffffff;

/** The ZIP of these pieces as a package has it. */
export function join(pieces, base = 'package') {
  const local = [];
  const central = [];
  let offset = 0;
  for (const { name, bytes, crc = crc32(bytes) } of pieces) {
    const path = Buffer.from(`${base}/${name}`);
    const size = bytes.length;
    const head = Buffer.concat([
      numbers([4, 0x04034b50], [2, 45], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, ALL], [4, ALL], [2, path.length], [2, 20]),
      path, numbers([2, 1], [2, 16], [8, size], [8, size]),
    ]);
    central.push(
      numbers([4, 0x02014b50], [2, 0x032d], [2, 45], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, ALL], [4, ALL], [2, path.length], [2, 28], [2, 0], [2, 0], [2, 0], [4, 0x81a40000], [4, ALL]),
      path, numbers([2, 1], [2, 24], [8, size], [8, size], [8, offset]),
    );
    local.push(head, bytes);
    offset += head.length + size;
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([
    ...local, directory,
    numbers([4, 0x06064b50], [8, 44], [2, 0x032d], [2, 45], [4, 0], [4, 0], [8, pieces.length], [8, pieces.length], [8, directory.length], [8, offset]),
    numbers([4, 0x07064b50], [4, 0], [8, offset + directory.length], [4, 1]),
    numbers([4, 0x06054b50], [2, 0], [2, 0], [2, 0xffff], [2, 0xffff], [4, ALL], [4, ALL], [2, 0]),
  ]);
}

const TAGS = ['bag-info.txt', 'manifest-sha256.txt', 'package.note', 'tagmanifest-sha256.txt'];
const rank = (name) => (name === 'bagit.txt' ? 0 : name.startsWith('data/') ? 1 : 2 + TAGS.indexOf(name));

/** The order that the ZIP must have. */
export const sorted = (pieces) => [...pieces].sort((a, b) => rank(a.name) - rank(b.name) || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));

/** Manifests and counts fit again; package.note is left as it is: all that somebody without a key can do. */
export function inOrder(pieces) {
  const all = sorted(pieces).map((one) => ({ ...one }));
  const payload = all.filter(({ name }) => name.startsWith('data/'));
  const set = (name, text) => {
    const found = all.find((one) => one.name === name);
    if (found) found.bytes = Buffer.from(text);
  };
  const info = all.find(({ name }) => name === 'bag-info.txt')?.bytes.toString() ?? '';
  set('bag-info.txt', info.replace(/Payload-Oxum: .*/, `Payload-Oxum: ${payload.reduce((sum, { bytes }) => sum + bytes.length, 0)}.${payload.length}`));
  set('manifest-sha256.txt', payload.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join(''));
  const tags = ['bag-info.txt', 'bagit.txt', 'manifest-sha256.txt', 'package.note'].flatMap((name) => all.filter((one) => one.name === name));
  set('tagmanifest-sha256.txt', tags.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join(''));
  return all;
}
