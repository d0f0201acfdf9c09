/** The ZIP file (section 14). Everything outside the contents is built again and compared, so that no bit is free. */
import { concat, difference, encode, latin1 } from './bytes.ts';
import type { Damages } from './damage.ts';
import type { Extent, Source } from './source.ts';

export interface Entry extends Extent {
  readonly name: string;
  readonly crc: number;
  readonly header: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const LOCAL_FIXED = 30;
const NAME_MOST = 400;
const ALL = 0xffffffff;

/** Little-endian numbers, each with its width in bytes. */
function build(...fields: readonly [number, number | bigint][]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, Number(value), true);
    else if (width === 4) view.setUint32(at, Number(value), true);
    else view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return bytes;
}

function localHeader(name: Uint8Array, crc: number, size: bigint): Uint8Array {
  const fixed = build([4, LOCAL], [2, 45], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, ALL], [4, ALL], [2, name.length], [2, 20]);
  return concat(fixed, name, build([2, 1], [2, 16], [8, size], [8, size]));
}

function centralHeader({ name, crc, size, header }: Entry): Uint8Array {
  const fixed = build(
    [4, CENTRAL], [2, 0x032d], [2, 45], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, ALL], [4, ALL],
    [2, name.length], [2, 28], [2, 0], [2, 0], [2, 0], [4, 0x81a40000], [4, ALL],
  );
  return concat(fixed, encode(name), build([2, 1], [2, 24], [8, size], [8, size], [8, header]));
}

function endOf(entries: number, offset: number, length: number): Uint8Array {
  return concat(
    build([4, 0x06064b50], [8, 44], [2, 0x032d], [2, 45], [4, 0], [4, 0], [8, entries], [8, entries], [8, length], [8, offset]),
    build([4, 0x07064b50], [4, 0], [8, offset + length], [4, 1]),
    build([4, 0x06054b50], [2, 0], [2, 0], [2, 0xffff], [2, 0xffff], [4, ALL], [4, ALL], [2, 0]),
  );
}

export function isEntryName(name: string): boolean {
  return name.length <= NAME_MOST && name.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
}

/** Places name files as people know them: without the base directory. */
const withoutBase = (name: string): string => name.slice(name.indexOf('/') + 1);

/** A name that may hold anything, as a place: what is not printable ASCII as \xNN, and no more of it than people read. */
const shown = (name: string): string => name.slice(0, 200).replace(/[^ -[\]-~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** The size that a local header states, or null where it states none that could be followed. */
function statedSize(header: Uint8Array, extraAt: number): bigint | null {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (header.length - extraAt >= 20 && view.getUint16(extraAt, true) === 1 && view.getUint16(extraAt + 2, true) >= 16) return view.getBigUint64(extraAt + 12, true);
  const size = view.getUint32(18, true);
  return size === ALL || (view.getUint16(6, true) & 8) !== 0 ? null : BigInt(size);
}

/** Reads entry after entry from the first byte on. Returns where they end, or null where one can't be followed. */
async function readEntries(source: Source, found: Damages, entries: Entry[]): Promise<number | null> {
  const truncated = (file?: string): null => {
    found.add('zip.truncated', { byte: source.size, ...(file === undefined ? {} : { file }) });
    return null;
  };
  let at = 0;
  for (;;) {
    const fixed = await source.read(at, LOCAL_FIXED);
    const view = new DataView(fixed.buffer, fixed.byteOffset, fixed.length);
    if (fixed.length < 4 || view.getUint32(0, true) !== LOCAL) return at;
    if (fixed.length < LOCAL_FIXED) return truncated();
    const nameLength = view.getUint16(26, true);
    const length = LOCAL_FIXED + nameLength + view.getUint16(28, true);
    const header = await source.read(at, length);
    const nameBytes = header.subarray(LOCAL_FIXED, LOCAL_FIXED + nameLength);
    const name = latin1(nameBytes);
    const file = withoutBase(shown(name));
    if (header.length < length) return truncated(file);
    const crc = view.getUint32(14, true);
    const size = statedSize(header, LOCAL_FIXED + nameLength);
    if (!isEntryName(name)) {
      found.add('zip.name', { byte: at + LOCAL_FIXED, file });
    } else {
      const differs = difference(header, localHeader(nameBytes, crc, size ?? 0n));
      if (differs >= 0) found.add('zip.entry', { byte: at + differs, file });
    }
    if (size === null) return null;
    if (size > BigInt(source.size - at - length)) return truncated(file);
    entries.push({ name, crc, header: at, offset: at + length, size: Number(size) });
    at += length + Number(size);
  }
}

/** Compares what must come at `at`; false where it ends the check. */
async function compare(source: Source, at: number, wanted: Uint8Array, found: Damages, code: string, file?: string): Promise<boolean> {
  const actual = await source.read(at, wanted.length);
  const differs = difference(actual, wanted);
  if (differs < 0) return true;
  const place = file === undefined ? {} : { file };
  if (differs === actual.length) found.add('zip.truncated', { byte: source.size, ...place });
  else found.add(code, { byte: at + differs, ...place });
  return false;
}

async function readDirectory(source: Source, entries: readonly Entry[], from: number, found: Damages): Promise<void> {
  let at = from;
  const signature = await source.read(at, 4);
  if (signature.length < 4) return found.add('zip.truncated', { byte: source.size });
  if (new DataView(signature.buffer, signature.byteOffset).getUint32(0, true) !== CENTRAL) return found.add('zip.gap', { byte: at });
  for (const entry of entries) {
    const wanted = centralHeader(entry);
    if (!(await compare(source, at, wanted, found, 'zip.directory', withoutBase(entry.name)))) return;
    at += wanted.length;
  }
  const end = endOf(entries.length, from, at - from);
  if (!(await compare(source, at, end, found, 'zip.end'))) return;
  if (at + end.length < source.size) found.add('zip.trailing', { byte: at + end.length });
}

/** Phase A. The entries, in order; nothing further can be said where damage was found. */
export async function readZip(source: Source, found: Damages): Promise<Entry[]> {
  const entries: Entry[] = [];
  const end = await readEntries(source, found, entries);
  if (end === 0 && found.none) found.add('package.none', { byte: 0 });
  if (found.none && end !== null) await readDirectory(source, entries, end, found);
  return entries;
}
