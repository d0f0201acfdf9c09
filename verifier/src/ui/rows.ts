/** Every record as a line that people can read: what it is about, what happened, who, when, and how that is proven. */
import { parseJson, textOf, objectOf, type JsonObject } from '../engine/json.ts';
import type { Feed, FeedRecord } from '../engine/feed.ts';
import { coveredBy, notBefore, remarkOf } from '../engine/report.ts';
import { whole } from '../engine/source.ts';
import type { Verified } from '../engine/verify.ts';

export interface Row {
  readonly feed: number;
  readonly seq: number;
  /** A number and a title that people gave, or the end of its id. */
  readonly thing: string;
  readonly type: string;
  readonly person: string;
  readonly node: string;
  readonly time: string;
  readonly after: number | null; // seconds since 1970
  readonly before: number | null;
  readonly state: string; // "" proven, or what remarkOf() says; "unchecked"
  readonly confirmed: boolean;
  readonly reason: string;
}

const NAMING = new Set(['exhibit.added/1', 'exhibit.corrected/1', 'case.opened/1', 'case.corrected/1', 'person.named/1']);

async function actOf(verified: Verified, record: FeedRecord): Promise<JsonObject | null> {
  const bytes = record.body && (await whole(verified.source, record.body, 65_536));
  return bytes && parseJson(bytes);
}

/** The letter of a party is its place among the charter's parties, by name (A to Z, AA...). */
function lettersOf(verified: Verified): Map<string, string> {
  const letters = new Map<string, string>();
  for (const lane of verified.walked?.lanes ?? []) {
    const parties = [...objectOf(lane.charter()?.get('parties')).keys()].sort();
    parties.forEach((node, n) => letters.set(`${lane.id} ${node}`, (n >= 26 ? String.fromCharCode(64 + Math.floor(n / 26)) : '') + String.fromCharCode(65 + (n % 26))));
  }
  return letters;
}

/** What people call the entities here, by subject. Erased and void records name nothing. */
async function namesOf(verified: Verified): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const numbers = new Map<string, string>();
  const letters = lettersOf(verified);
  const told = verified.feeds.flatMap((feed) => feed.records.filter((record) => record.class === 'valid' && record.counted && NAMING.has(record.act?.type ?? '')).map((record) => ({ feed, record })));
  told.sort((a, b) => a.record.header!.height - b.record.header!.height);
  for (const { feed, record } of told) {
    const act = await actOf(verified, record);
    const { subject, node } = record.header!;
    const number = act?.get('number');
    if (typeof number === 'number') numbers.set(subject, `${letters.get(`${feed.claim.lane} ${node}`) ?? 'A'}\u2011${String(number).padStart(4, '0')}`);
    const title = textOf(act?.get('title')) ?? '';
    const name = record.act!.type === 'person.named/1' ? (textOf(act?.get('name')) ?? '') : title;
    if (name !== '') names.set(subject, name);
  }
  for (const [subject, number] of numbers) names.set(subject, `${number} ${names.get(subject) ?? ''}`.trim());
  return names;
}

function rowOf(verified: Verified, feed: Feed, record: FeedRecord, seq: number, names: ReadonlyMap<string, string>): Row | null {
  const { header } = record;
  if (!header) return null;
  const own = header.subject === feed.claim.lane;
  return {
    feed: feed.n, seq,
    thing: own ? '' : (names.get(header.subject) ?? `\u2026${header.subject.slice(-8)}`),
    type: record.act?.type ?? '',
    person: header.person === '' ? '' : (names.get(`${header.node}/${header.person}`) ?? header.person),
    node: verified.nodes.get(header.node)?.newest.title ?? header.node,
    time: header.time,
    after: notBefore(feed, seq)?.seconds ?? null,
    before: coveredBy(feed, seq)?.seconds ?? null,
    state: record.class === null ? 'unchecked' : remarkOf(record, verified.walked?.withheld ?? new Set()),
    confirmed: header.confirmation !== null && record.class === 'valid',
    reason: record.reason,
  };
}

/** In canonical order (9.1). */
export async function rowsOf(verified: Verified): Promise<Row[]> {
  const names = await namesOf(verified);
  const all = verified.feeds.flatMap((feed) => feed.records.map((record, seq) => ({ feed, record, seq })));
  all.sort(
    (a, b) => (a.record.header?.height ?? 0) - (b.record.header?.height ?? 0) || (a.feed.name < b.feed.name ? -1 : a.feed.name > b.feed.name ? 1 : a.seq - b.seq),
  );
  return all.map(({ feed, record, seq }) => rowOf(verified, feed, record, seq, names)).filter((row) => row !== null);
}
