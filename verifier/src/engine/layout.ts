/** Which files a package has, and in which order (15.1, 15.2). */
import { ascending } from './bytes.ts';
import type { Damages } from './damage.ts';
import { HEX64, NODE } from './words.ts';
import type { Entry } from './zip.ts';

export type Kind =
  | 'bagit.txt' | 'bag-info.txt' | 'manifest-sha256.txt' | 'package.note' | 'tagmanifest-sha256.txt' | 'data/package.json'
  | 'feed.json' | 'headers' | 'acts' | 'confirmations' | 'checkpoint' | 'consistency' | 'proof'
  | 'blob' | 'anchor' | 'anchored' | 'card' | 'carried' | 'verify.html';

export interface File extends Entry {
  /** Without the base directory. */
  readonly name: string;
  readonly kind: Kind;
  readonly feed: number; // 0: belongs to none
  readonly number: bigint; // size, seq, index or number of a card
  readonly node: string;
  readonly epoch: string; // of a log of anchors
}

const FIRST = '[1-9][0-9]{0,18}';
const NUMBER = '(?:0|[1-9][0-9]{0,18})';
const GRAMMAR: readonly [RegExp, Kind | null][] = (
  [
    [`data/feeds/(?<feed>${FIRST})/(?<kind>feed\\.json|headers|acts|confirmations)`, null],
    [`data/feeds/(?<feed>${FIRST})/checkpoints/(?<number>${NUMBER})\\.(?<kind>checkpoint|consistency)`, null],
    [`data/feeds/(?<feed>${FIRST})/proofs/(?<number>${NUMBER})\\.tlog-proof`, 'proof'],
    [`data/blobs/${HEX64}`, 'blob'],
    [`data/anchors/(?<node>${NODE})/(?<epoch>[0-9a-f]{16})/(?<number>${NUMBER})/anchor\\.tlog-proof`, 'anchor'],
    [`data/anchors/(?<node>${NODE})/(?<epoch>[0-9a-f]{16})/(?<number>${NUMBER})/(?<feed>${FIRST})\\.anchored`, 'anchored'],
    [`data/cards/(?<node>${NODE})/(?<number>${FIRST})\\.card`, 'card'],
    ['data/(?:report|tokens)/.+', 'carried'],
    ['data/verify\\.html', 'verify.html'],
    ['(?<kind>data/package\\.json|bagit\\.txt|bag-info\\.txt|manifest-sha256\\.txt|package\\.note|tagmanifest-sha256\\.txt)', null],
  ] as const
).map(([pattern, kind]) => [new RegExp(`^${pattern}$`), kind]);

const MUST: readonly Kind[] = ['bagit.txt', 'data/package.json', 'bag-info.txt', 'manifest-sha256.txt', 'package.note', 'tagmanifest-sha256.txt'];
const BASE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const LIMIT = 1n << 63n;
const MOST_FEEDS = 0x7fffffff;

function rank(name: string): number {
  return name === 'bagit.txt' ? 0 : name.startsWith('data/') ? 1 : 2 + ['bag-info.txt', 'manifest-sha256.txt', 'package.note', 'tagmanifest-sha256.txt'].indexOf(name);
}

function placeOf(entry: Entry, name: string): File | null {
  for (const [pattern, fixed] of GRAMMAR) {
    const found = pattern.exec(name);
    if (!found) continue;
    const { feed = '0', number = '0', node = '', epoch = '', kind } = found.groups ?? {};
    if (Number(feed) > MOST_FEEDS || BigInt(number) >= LIMIT) return null;
    return { ...entry, name, kind: fixed ?? (kind as Kind), feed: Number(feed), number: BigInt(number), node, epoch };
  }
  return null;
}

/** Phase B. */
export function layOut(entries: readonly Entry[], found: Damages): File[] {
  const base = entries[0]!.name.split('/')[0]!;
  const files: File[] = [];
  for (const entry of entries) {
    const slash = entry.name.indexOf('/');
    if (slash < 0 || !BASE.test(base) || entry.name.slice(0, slash) !== base) {
      found.add('layout.base', { file: entry.name });
      return files;
    }
  }
  let last: string | null = null;
  for (const entry of entries) {
    const name = entry.name.slice(base.length + 1);
    const file = placeOf(entry, name);
    if (!file) {
      found.add('layout.unknown', { file: name });
      continue;
    }
    if (last !== null && (rank(last) - rank(name) || ascending(last, name)) >= 0) found.add('layout.order', { file: name });
    last = name;
    files.push(file);
  }
  if (found.none) for (const kind of MUST) if (!files.some((file) => file.kind === kind)) found.add('layout.missing', { file: kind });
  return files;
}
