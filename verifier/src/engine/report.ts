/** The report (section 18): the answers as data. The page turns the same into words. */
import { ascending, sha256, toHex } from './bytes.ts';
import type { NodeCards } from './cards.ts';
import { exportRecord } from './claims.ts';
import type { Attestation, Feed, FeedRecord } from './feed.ts';
import { exitOf, trustOf, type Verified } from './verify.ts';

const REMARKS_MOST = 10_000;

export interface Remark {
  readonly what: string;
  readonly feed: number;
  first: number;
  last: number;
  readonly reason: string;
}

const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The earliest attestation that covers a record (16.3). */
export function coveredBy(feed: Feed, seq: number): Attestation | null {
  return feed.attestations.filter(({ size }) => size > seq).reduce<Attestation | null>((best, one) => (best && best.seconds <= one.seconds ? best : one), null);
}

/** The newest attestation, no later than that, that does not cover it yet. */
export function notBefore(feed: Feed, seq: number): Attestation | null {
  const after = coveredBy(feed, seq);
  const earlier = feed.attestations.filter(({ size, seconds }) => size <= seq && (!after || seconds <= after.seconds));
  return earlier.reduce<Attestation | null>((best, one) => (best && best.seconds >= one.seconds ? best : one), null);
}

/** What is said of a record beside that it is there; empty where it is valid and whole. */
export function remarkOf(record: FeedRecord, withheld: ReadonlySet<FeedRecord>): string {
  if (record.class === null || record.class === 'erased') return record.class ?? '';
  if (!record.counted) return 'frozen';
  if (withheld.has(record)) return 'withheld';
  return record.class === 'valid' ? '' : record.class;
}

export function remarksOf({ feeds, walked }: Verified): Remark[] {
  const all: Remark[] = [];
  for (const feed of feeds) {
    feed.records.forEach((record, seq) => {
      const what = remarkOf(record, walked?.withheld ?? new Set());
      if (what === '') return;
      const last = all.at(-1);
      if (last && last.what === what && last.feed === feed.n && last.last === seq - 1 && last.reason === record.reason) last.last = seq;
      else if (all.length < REMARKS_MOST) all.push({ what, feed: feed.n, first: seq, last: seq, reason: record.reason });
    });
  }
  return all;
}

export interface Witness {
  readonly feed: number;
  readonly size: number;
  readonly time: string;
  readonly by: string;
  readonly how: Attestation['how'];
}

/** Every attestation, by feed, size and time. */
export function witnessesOf({ feeds }: Verified): Witness[] {
  return feeds.flatMap((feed) =>
    [...feed.attestations]
      .sort((a, b) => a.size - b.size || a.seconds - b.seconds)
      .map(({ by, size, seconds, how }) => ({ feed: feed.n, size, time: isoOf(seconds), by, how })),
  );
}

/** The time by which the whole existed, and who says so. */
export function notAfter({ feeds, contents }: Verified): { time: string; by: string } | null {
  const entry = contents?.exports[0];
  const feed = feeds.find(({ n }) => n === entry?.feed);
  const attestation = feed && coveredBy(feed, entry!.seq);
  return attestation ? { time: isoOf(attestation.seconds), by: attestation.by } : null;
}

export function countsOf(verified: Verified) {
  const records = verified.feeds.flatMap((feed) => feed.records);
  const remarks = { withheld: 0, erased: 0, void: 0, unknown: 0, actless: 0, frozen: 0 };
  for (const record of records) {
    const what = remarkOf(record, verified.walked?.withheld ?? new Set());
    if (what !== '') remarks[what as keyof typeof remarks]++;
  }
  return { files: verified.files.length, records: records.length, signatures: verified.signatures, ...remarks };
}

function exportJson(verified: Verified) {
  const { contents } = verified;
  if (!contents) return null;
  const record = exportRecord({ feeds: verified.feeds, contents });
  const { space, node, person, time, extent, subjects } = contents;
  const confirmed = record?.class === 'valid' && record.header?.confirmation !== null;
  return { space, node, person, time, extent, class: record?.class ?? '', subjects, confirmed };
}

/** The exporter, and the nodes whose records are here. */
export function writersOf({ nodes, feeds, contents }: Verified): NodeCards[] {
  const writes = (node: string): boolean => node === contents?.node || feeds.some((feed) => feed.claim.node === node);
  return [...nodes.values()].filter(({ node }) => writes(node)).sort((a, b) => ascending(a.node, b.node));
}

/** SHA-256 of the identity key that the newest card lists last: what people compare. */
export function fingerprintOf({ newest }: NodeCards): string {
  return toHex(sha256(newest.keys.findLast(({ kind }) => kind === 'identity')!.bytes));
}

function nodesJson(verified: Verified) {
  return writersOf(verified).map((own) => ({
    node: own.node, title: own.newest.title, country: own.newest.country, card: Number(own.newest.number), identity: fingerprintOf(own),
    trust: trustOf(verified, own.node), exporter: own.node === verified.contents?.node,
  }));
}

export function reportOf(file: string, verified: Verified) {
  const exit = exitOf(verified);
  const whole = notAfter(verified);
  return {
    file, intact: exit !== 1, exit, trust: trustOf(verified, verified.contents?.node),
    damages: verified.damages.map(({ code, file: name, line, feed, record, byte }) => ({
      code, file: name ?? '', line: line ?? null, feed: feed ?? null, record: record ?? null, byte: byte ?? null,
    })),
    export: exportJson(verified), nodes: nodesJson(verified),
    witnesses: witnessesOf(verified).map((one) => ({ ...one, trust: trustOf(verified, one.by) })),
    not_after: whole?.time ?? null, not_after_by: whole?.by ?? '',
    reached: verified.feeds.map(({ n, claim, records }) => ({ feed: n, node: claim.node, lane: claim.lane, epoch: claim.epoch, size: records.length, time: records.at(-1)?.header?.time ?? '' })),
    remarks: remarksOf(verified), left_out: (verified.contents?.leftOut ?? []).map(([hash, reason]) => ({ sha256: hash, reason })), counts: countsOf(verified),
    verify_html: verified.hashes.get('data/verify.html')?.sha256 ?? '',
  };
}
