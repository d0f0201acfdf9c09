/** Phases G and H: the lanes, and whether all is here that must be. */
import type { ActTypes } from './acts.ts';
import type { Nodes } from './cards.ts';
import type { Contents, ExportEntry } from './contents.ts';
import { count } from './count.ts';
import { Damages } from './damage.ts';
import type { Feed, FeedRecord } from './feed.ts';
import { Judge } from './judge.ts';
import { Lane, type LaneFeed, type Place } from './lane.ts';
import type { File } from './layout.ts';
import type { Source } from './source.ts';

export interface Walk {
  readonly source: Source;
  readonly files: readonly File[];
  readonly feeds: readonly Feed[];
  readonly nodes: Nodes;
  readonly types: ActTypes;
  readonly counts: { signatures: number };
  readonly contents: Contents | null;
}

export interface Walked {
  readonly lanes: readonly Lane[];
  readonly sound: boolean;
  readonly withheld: Set<FeedRecord>;
  readonly erased: number;
  readonly g: Damages;
  readonly h: Damages;
}

const CONTENTS = 'data/package.json';
const inFeed = (own: LaneFeed, name: string, seq: number) => ({ file: `data/feeds/${own.feed.n}/${name}`, line: seq + 1, feed: own.feed.n, record: seq });

/** Which entry of `exports` stands for which lane; a feed that is not here, and a second entry of a lane, are damage. */
function exportsOfLanes(walk: Walk, found: Damages): Map<string, ExportEntry> {
  const byLane = new Map<string, ExportEntry>();
  for (const entry of walk.contents?.exports ?? []) {
    const lane = walk.feeds.find((feed) => feed.n === entry.feed)?.claim.lane;
    if (lane === undefined || byLane.has(lane)) found.add('export.record', { file: CONTENTS });
    else byLane.set(lane, entry);
  }
  return byLane;
}

export async function walkLanes(walk: Walk): Promise<Walked> {
  const [g, h] = [new Damages(), new Damages()];
  const byLane = exportsOfLanes(walk, g);
  const lanes: Lane[] = [];
  const withheld = new Set<FeedRecord>();
  const absent = new Set((walk.contents?.absent ?? []).map(([n, seq]) => `${n} ${seq}`));
  const totals = { erased: 0 };
  let sound = true;
  for (const id of new Set(walk.feeds.map((feed) => feed.claim.lane))) {
    const feeds = walk.feeds.filter((feed) => feed.claim.lane === id);
    if (feeds.some((feed) => !feed.sound)) {
      sound = false;
      continue;
    }
    const around = { ...walk, webAt: (node: string, time: string) => walk.nodes.get(node)?.webAt(time) ?? null };
    const lane = new Lane(id, feeds, (own) => new Judge(around, own));
    lanes.push(lane);
    const exported = exportOf(lane, byLane.get(id), g);
    await lane.place();
    count(lane);
    if (exported) checkPast(lane, exported, h);
    for (const own of lane.feeds) walkFeed(walk, own, exported, lane, absent, withheld, totals, g, h);
  }
  if (sound) checkBlobs(walk, lanes, h);
  return { lanes, sound, withheld, erased: totals.erased, g, h };
}

function exportOf(lane: Lane, entry: ExportEntry | undefined, found: Damages): Place | null {
  if (!entry) {
    found.add('export.missing', { file: CONTENTS });
    return null;
  }
  const feed = lane.feeds.findIndex((own) => own.feed.n === entry.feed);
  if (lane.feeds[feed]?.feed.records[entry.seq]?.leaf === entry.leaf) return { feed, seq: entry.seq };
  found.add('export.record', { file: CONTENTS });
  return null;
}

/** Exactly the export's past and itself are here (15.7). */
function checkPast(lane: Lane, exported: Place, found: Damages): void {
  if (lane.feeds[exported.feed]!.placed <= exported.seq) return;
  const past = lane.past(exported);
  lane.feeds.forEach((own, n) => {
    const known = n === exported.feed ? exported.seq + 1 : (past[n] ?? 0);
    if (own.feed.records.length > known) found.add('complete.past', inFeed(own, 'headers', known));
  });
}

function walkFeed(walk: Walk, own: LaneFeed, exported: Place | null, lane: Lane, absent: ReadonlySet<string>, withheld: Set<FeedRecord>, totals: { erased: number }, g: Damages, h: Damages): void {
  const exportRecord = exported && lane.record(exported);
  own.feed.records.slice(0, own.placed).forEach((record, seq) => {
    if (record.class === 'erased') totals.erased++;
    if (record.class === 'erased' || absent.has(`${own.feed.n} ${seq}`)) return;
    if (!record.body) {
      if (mustBeHere(walk.contents, record, exportRecord)) h.add('complete.act', inFeed(own, 'acts', seq));
      else withheld.add(record);
    } else if (record.counted && record.header!.confirmation !== null && !record.confirmation) {
      h.add('complete.confirmation', inFeed(own, 'confirmations', seq));
    }
  });
  if (own.stop) g.add(`record.${own.stop.kind}`, inFeed(own, 'headers', own.placed));
}

function mustBeHere(contents: Contents | null, record: FeedRecord, exportRecord: FeedRecord | null): boolean {
  const header = record.header!;
  return !contents || contents.extent === 'whole' || header.lasting || record === exportRecord || contents.subjects.includes(header.subject);
}

function checkBlobs(walk: Walk, lanes: readonly Lane[], found: Damages): void {
  const here = new Map(walk.files.filter((file) => file.kind === 'blob').map((file) => [file.name.slice('data/blobs/'.length), file]));
  const leftOut = new Set((walk.contents?.leftOut ?? []).map(([hash]) => hash));
  const named = new Set<string>();
  for (const lane of lanes) {
    for (const own of lane.feeds) {
      own.feed.records.forEach((record, seq) => {
        for (const blob of record.blobs) checkBlob(own, seq, record, blob, here, leftOut, named, found);
      });
    }
  }
  for (const [hash, file] of here) {
    if (!named.has(hash)) found.add('blob.unnamed', { file: file.name });
    if (leftOut.has(hash)) found.add('blob.left_out', { file: file.name });
  }
}

function checkBlob(own: LaneFeed, seq: number, record: FeedRecord, blob: FeedRecord['blobs'][number], here: ReadonlyMap<string, File>, leftOut: ReadonlySet<string>, named: Set<string>, found: Damages): void {
  named.add(blob.sha256);
  if (record.class !== 'valid') return;
  const file = here.get(blob.sha256);
  const place = { file: `data/blobs/${blob.sha256}`, feed: own.feed.n, record: seq };
  if (!file && !leftOut.has(blob.sha256)) found.add('complete.blob', place);
  if (file && blob.size !== null && blob.size !== file.size) found.add('blob.size', place);
}
