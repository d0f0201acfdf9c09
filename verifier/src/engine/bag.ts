/** Phase C: the bag's own files, and the hash of every other one. */
import { sha256 } from '@noble/hashes/sha2.js';
import { encode, latin1, toHex, utf8 } from './bytes.ts';
import type { Contents } from './contents.ts';
import { Crc32 } from './crc32.ts';
import type { Damages } from './damage.ts';
import type { File, Kind } from './layout.ts';
import { pieces, type Source } from './source.ts';

export interface Hashed {
  readonly sha256: string;
  readonly crc: number;
}

export type Hashes = ReadonlyMap<string, Hashed>;

export async function hashFiles(source: Source, files: readonly File[], told: (bytes: number) => void): Promise<Hashes> {
  const hashes = new Map<string, Hashed>();
  let done = 0;
  for (const file of files) {
    const hash = sha256.create();
    const crc = new Crc32();
    for await (const piece of pieces(source, file)) {
      hash.update(piece);
      crc.update(piece);
      done += piece.length;
      told(done);
    }
    hashes.set(file.name, { sha256: toHex(hash.digest()), crc: crc.digest() });
  }
  return hashes;
}

const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
const TAG_FILES: readonly Kind[] = ['bag-info.txt', 'bagit.txt', 'manifest-sha256.txt', 'package.note'];

/** What the bag's own files must be, byte for byte (15.9). bag-info.txt can't be told without a package.json. */
export function expectedTags(files: readonly File[], hashes: Hashes, contents: Contents | null): Map<Kind, string | null> {
  const listed = (names: readonly string[]): string => names.map((name) => `${hashes.get(name)!.sha256}  ${name}\n`).join('');
  const payload = files.filter((file) => file.name.startsWith('data/'));
  const bytes = payload.reduce((sum, file) => sum + file.size, 0);
  const info =
    contents &&
    `Source-Organization: ${contents.node}\nBagging-Date: ${contents.time.slice(0, 10)}\nExternal-Identifier: ${contents.exports[0]!.leaf}\n` +
      `Bag-Software-Agent: ${contents.software}\nPayload-Oxum: ${bytes}.${payload.length}\n`;
  return new Map<Kind, string | null>([
    ['bagit.txt', BAGIT],
    ['bag-info.txt', info],
    ['manifest-sha256.txt', listed(payload.map((file) => file.name))],
    ['tagmanifest-sha256.txt', listed(TAG_FILES)],
  ]);
}

/** Does the file hold exactly this text? Its hash tells, whatever its size. */
const isText = (hashes: Hashes, name: string, text: string | null | undefined): boolean => text != null && hashes.get(name)?.sha256 === toHex(sha256(encode(text)));

/** Lines of a tag file: ended by LF, CR or CRLF; the last one perhaps by nothing. */
function tagLines(text: string): { line: string; ended: boolean }[] {
  const all = [...text.matchAll(/([^\r\n]*)(\r\n|\r|\n)|([^\r\n]+)$/g)];
  return all.map((found) => ({ line: found[1] ?? found[3]!, ended: found[2] !== undefined }));
}

export interface Bag {
  readonly source: Source;
  readonly files: readonly File[];
  readonly hashes: Hashes;
  readonly contents: Contents | null;
  /** Phase J found package.note good. */
  readonly noteIsGood: boolean;
}

async function textOfFile(source: Source, file: File): Promise<string> {
  let text = '';
  for await (const piece of pieces(source, file)) text += latin1(piece);
  return text;
}

export async function checkBag(bag: Bag, found: Damages): Promise<void> {
  const { files, hashes, contents } = bag;
  const named = (kind: Kind): File => files.find((file) => file.kind === kind)!;
  const expected = expectedTags(files, hashes, contents);
  await checkDeclaration(bag.source, named('bagit.txt'), found);
  const proven = (file: File): boolean => {
    if (file.kind === 'blob') return file.name.endsWith(hashes.get(file.name)!.sha256);
    if (file.kind === 'package.note') return bag.noteIsGood;
    return file.kind !== 'tagmanifest-sha256.txt' && isText(hashes, file.name, expected.get(file.kind));
  };
  for (const kind of ['tagmanifest-sha256.txt', 'manifest-sha256.txt'] as const) await checkManifest(bag, named(kind), proven, found);
  if (!found.none) return;
  for (const kind of ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt'] as const) {
    const text = expected.get(kind);
    if (text !== null && !isText(hashes, kind, text)) found.add(kind === 'bag-info.txt' ? 'bag.info' : 'bag.spelling', { file: kind });
  }
  for (const file of files) {
    if (hashes.get(file.name)!.crc !== file.crc) found.add('zip.checksum', { file: file.name });
    if (file.kind === 'blob' && !proven(file)) found.add('blob.changed', { file: file.name });
  }
}

async function checkDeclaration(source: Source, file: File, found: Damages): Promise<void> {
  const all = tagLines(await textOfFile(source, file));
  const wanted = BAGIT.trimEnd().split('\n');
  for (const [n, line] of wanted.entries()) {
    if (all[n]?.ended && all[n].line === line) continue;
    return found.add('bag.declaration', { file: file.name, line: n + 1 });
  }
  if (all.length > wanted.length) found.add('bag.declaration', { file: file.name, line: 3 });
}

/** The path that a manifest's line spells, or null where it is none. */
function pathOf(spelled: string): string | null {
  if (/%(?!0[DdAa]|25)/.test(spelled)) return null;
  const path = spelled.replace(/%(0[DdAa]|25)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const parts = path.split('/');
  if (path.includes('\0')) return null;
  if (utf8(Uint8Array.from(path, (character) => character.charCodeAt(0))) === null) return null;
  return parts.some((part) => part === '' || part === '.' || part === '..') || path.includes('\\') || /^[A-Za-z]:/.test(path) || path.startsWith('~') ? null : path;
}

async function checkManifest(bag: Bag, file: File, proven: (file: File) => boolean, found: Damages): Promise<void> {
  const tags = file.kind === 'tagmanifest-sha256.txt';
  const listed = new Set<string>();
  const byName = new Map(bag.files.map((one) => [one.name, one]));
  for (const [n, { line, ended }] of tagLines(await textOfFile(bag.source, file)).entries()) {
    const place = { file: file.name, line: n + 1 };
    const parts = /^([0-9A-Fa-f]{64})[ \t]+([^ \t].*)$/.exec(line);
    if (!ended || !parts) {
      found.add('bag.line', place);
      continue;
    }
    const path = pathOf(parts[2]!);
    if (path === null || path.startsWith('data/') === tags) {
      found.add('bag.path', place);
      continue;
    }
    if (listed.has(path)) {
      found.add('bag.twice', place);
      continue;
    }
    listed.add(path);
    const target = byName.get(path);
    if (!target) found.add('file.missing', place);
    else if (bag.hashes.get(path)!.sha256 !== parts[1]!.toLowerCase()) {
      if (proven(target)) found.add('bag.hash', place);
      else found.add('file.changed', { file: path });
    }
  }
  if (tags) return;
  for (const { name } of bag.files) if (name.startsWith('data/') && !listed.has(name)) found.add('file.unlisted', { file: name });
}

