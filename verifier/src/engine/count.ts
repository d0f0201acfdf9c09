/** What counts of a lane, and what was erased (section 8). A package holds one branch of each feed, so only closings cut. */
import { listOf, textOf } from './json.ts';
import type { Lane, LaneFeed, Place } from './lane.ts';

interface Closing {
  readonly place: Place;
  readonly size: number;
  readonly party: string | null;
}

function closingsOf(lane: Lane, own: LaneFeed): Closing[] {
  return lane.judge
    .all('feed.closed/1')
    .filter(({ act }) => act.get('feed') === own.feed.name)
    .map(({ act, place }) => ({ place, size: act.get('size') as number, party: lane.feeds[place.feed]!.party }));
}

const limitOf = (own: LaneFeed, closings: readonly Closing[]): number => Math.min(own.placed, ...closings.map(({ size }) => size));

/** How many records of `voucher` may vouch for a feed that was closed: another party's, and such as did not see the closing. */
function vouching(lane: Lane, voucher: number, limit: number, closings: readonly Closing[]): number {
  let bound = limit;
  for (const { place, party } of closings) {
    if (lane.feeds[voucher]!.party === party) return 0;
    while (bound > 0 && lane.isInPast(place, { feed: voucher, seq: bound - 1 })) bound--;
  }
  return bound;
}

/** Marks what does not count (8.2). */
function freeze(lane: Lane): void {
  const closings = lane.feeds.map((own) => closingsOf(lane, own));
  const limits = lane.feeds.map((own, n) => limitOf(own, closings[n]!));
  lane.feeds.forEach((own, n) => {
    let counted = limits[n]!;
    if (counted === own.placed) return;
    for (let voucher = 0; voucher < lane.feeds.length; voucher++) {
      const bound = voucher === n ? 0 : vouching(lane, voucher, limits[voucher]!, closings[n]!);
      if (bound > 0) counted = Math.max(counted, lane.past({ feed: voucher, seq: bound - 1 })[n] ?? 0);
    }
    for (const record of own.feed.records.slice(counted, own.placed)) record.counted = false;
  });
}

/** Gives what was erased its class (8.1): the records named, and every other one of the same node with the same act. */
function erase(lane: Lane): void {
  const gone = new Set<string>();
  for (const { act, place } of lane.judge.all('erased/1')) {
    if (!lane.record(place).counted) continue;
    for (const leaf of listOf(act.get('records'))) {
      const header = lane.header(lane.byLeaf.get(textOf(leaf)!)!);
      gone.add(`${header.node} ${header.act}`);
    }
  }
  if (gone.size === 0) return;
  for (const own of lane.feeds) {
    for (const record of own.feed.records.slice(0, own.placed)) {
      if (!record.header!.lasting && gone.has(`${record.header!.node} ${record.header!.act}`)) record.class = 'erased';
    }
  }
}

export function count(lane: Lane): void {
  freeze(lane);
  erase(lane);
}
