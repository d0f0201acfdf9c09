/** data/package.json and feed.json (15.4, 15.5): exactly one spelling each. */
import { byBytes, encode, equal } from './bytes.ts';
import { listOf, parseJson, textOf, type Json, type JsonObject } from './json.ts';
import { isEpoch, isHash, isNode, isTime, isUuid } from './words.ts';

export interface ExportEntry {
  readonly feed: number;
  readonly seq: number;
  readonly leaf: string;
}

export interface Contents {
  readonly software: string;
  readonly space: string;
  readonly node: string;
  readonly person: string;
  readonly time: string;
  readonly confirmed: string;
  readonly extent: 'whole' | 'part';
  readonly subjects: readonly string[];
  readonly exports: readonly ExportEntry[];
  readonly records: number;
  readonly withheld: number;
  readonly erased: number;
  readonly absent: readonly (readonly [number, number])[];
  readonly blobs: number;
  readonly bytes: number;
  readonly leftOut: readonly (readonly [string, string])[];
}

/** The one spelling of what was read: members in the order in which they were read, and only two escapes. */
function spell(value: Json): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`;
  if (value instanceof Map) return `{${[...value].map(([key, member]) => `${spell(key)}:${spell(member)}`).join(',')}}`;
  return String(value);
}

const MEMBERS = 'v software space node person time confirmed extent subjects exports records withheld erased absent blobs bytes left_out';
const isCount = (value: Json | undefined): value is number => typeof value === 'number' && value >= 0;
const isFeed = (value: Json | undefined): value is number => isCount(value) && value >= 1 && value <= 0x7fffffff;
const hasMembers = (object: JsonObject, names: string): boolean => [...object.keys()].join(' ') === names;
const isPlain = (text: string | null): text is string => text !== null && !/[\0-\x1f]/.test(text);

function ascendingOnce<T>(list: readonly T[], before: (a: T, b: T) => boolean): boolean {
  return list.every((item, n) => n === 0 || before(list[n - 1]!, item));
}

function exportsOf(value: Json | undefined): ExportEntry[] | null {
  const all: ExportEntry[] = [];
  for (const item of listOf(value)) {
    if (!(item instanceof Map) || !hasMembers(item, 'feed seq leaf')) return null;
    const [feed, seq, leaf] = [item.get('feed'), item.get('seq'), textOf(item.get('leaf'))];
    if (!isFeed(feed) || !isCount(seq) || leaf === null || !isHash(leaf)) return null;
    all.push({ feed, seq, leaf });
  }
  return Array.isArray(value) && all.length > 0 ? all : null;
}

function pairsOf<T>(value: Json | undefined, read: (first: Json, second: Json) => T | null): T[] | null {
  const all: T[] = [];
  for (const item of listOf(value)) {
    const pair = Array.isArray(item) && item.length === 2 ? read(item[0]!, item[1]!) : null;
    if (pair === null) return null;
    all.push(pair);
  }
  return Array.isArray(value) ? all : null;
}

const absentOf = (value: Json | undefined) =>
  pairsOf(value, (n, seq) => (isFeed(n) && isCount(seq) ? ([n, seq] as const) : null));
const leftOutOf = (value: Json | undefined) =>
  pairsOf(value, (hash, reason) => (typeof hash === 'string' && isHash(hash) && typeof reason === 'string' && isPlain(reason) ? ([hash, reason] as const) : null));

function subjectsOf(value: Json | undefined): string[] | null {
  const all = listOf(value).map(textOf);
  return Array.isArray(value) && all.every((text) => isPlain(text) && text !== '') && ascendingOnce(all as string[], (a, b) => byBytes(a, b) < 0) ? (all as string[]) : null;
}

export function parseContents(bytes: Uint8Array): Contents | null {
  const json = parseJson(bytes);
  if (!json || !hasMembers(json, MEMBERS) || json.get('v') !== 1 || !equal(encode(spell(json)), bytes)) return null;
  const text = (name: string): string => textOf(json.get(name)) ?? '\0';
  const count = (name: string): number => (isCount(json.get(name)) ? (json.get(name) as number) : -1);
  const [exports, absent, leftOut, subjects] = [exportsOf(json.get('exports')), absentOf(json.get('absent')), leftOutOf(json.get('left_out')), subjectsOf(json.get('subjects'))];
  const extent = text('extent');
  const words = ['software', 'space', 'node', 'person'].every((name) => isPlain(text(name))) && isTime(text('time'));
  const choices = ['passkey', 'token'].includes(text('confirmed')) && ['whole', 'part'].includes(extent);
  const counts = ['records', 'withheld', 'erased', 'blobs', 'bytes'].every((name) => count(name) >= 0);
  if (!words || !choices || !counts || !exports || !absent || !leftOut || !subjects) return null;
  if ((subjects.length === 0) !== (extent === 'whole')) return null;
  if (!ascendingOnce(absent, (a, b) => a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])) || !ascendingOnce(leftOut, (a, b) => a[0] < b[0])) return null;
  return {
    software: text('software'), space: text('space'), node: text('node'), person: text('person'), time: text('time'), confirmed: text('confirmed'),
    extent: extent as 'whole' | 'part', subjects, exports, records: count('records'), withheld: count('withheld'), erased: count('erased'),
    absent, blobs: count('blobs'), bytes: count('bytes'), leftOut,
  };
}

export interface FeedClaim {
  readonly space: string;
  readonly lane: string;
  readonly node: string;
  readonly epoch: string;
  readonly size: number;
  readonly root: string;
}

export function parseFeedClaim(bytes: Uint8Array): FeedClaim | null {
  const json = parseJson(bytes);
  if (!json || !hasMembers(json, 'v space lane node epoch size root') || json.get('v') !== 1 || !equal(encode(spell(json)), bytes)) return null;
  const [space, lane, node, epoch, root] = ['space', 'lane', 'node', 'epoch', 'root'].map((name) => textOf(json.get(name)) ?? '') as [string, string, string, string, string];
  const size = json.get('size');
  return isUuid(space) && isHash(lane) && isNode(node) && isEpoch(epoch) && isHash(root) && isCount(size) ? { space, lane, node, epoch, size, root } : null;
}
