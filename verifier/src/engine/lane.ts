/** Placing the records of one lane (section 6). Pasts are prefixes of feeds, so a past is one number a feed. */
import { equal, fromHex } from './bytes.ts';
import type { Feed, FeedRecord } from './feed.ts';
import type { Header } from './header.ts';
import { objectOf, textOf, type JsonObject } from './json.ts';
import { Judge } from './judge.ts';

export interface Place {
  readonly feed: number; // index within the lane
  readonly seq: number;
}

export interface Delegation {
  readonly party: string;
  readonly persons: readonly string[];
  readonly until: string;
}

/** Where a feed stopped: at this record, for this kind of reason. */
export interface Stop {
  readonly kind: 'malformed' | 'waiting';
  readonly reason: string;
}

export class LaneFeed {
  readonly feed: Feed;
  placed = 0;
  stop: Stop | null = null;
  /** How far each feed of the lane is in the past from this record on. */
  readonly steps: { seq: number; past: readonly number[] }[] = [];
  /** How much of each feed this one has named. */
  readonly named = new Map<string, number>();
  party: string | null = null;
  delegation: Delegation | null = null;

  constructor(feed: Feed) {
    this.feed = feed;
  }

  get node(): string {
    return this.feed.claim.node;
  }
}

export class Lane {
  readonly id: string;
  readonly feeds: LaneFeed[];
  readonly byLeaf = new Map<string, Place>();
  /** The charter's act and where it stands, once it is placed. */
  readonly charters: { place: Place; act: JsonObject }[] = [];
  private readonly byName = new Map<string, number>();
  readonly judge: Judge;

  constructor(id: string, feeds: readonly Feed[], judge: (lane: Lane) => Judge) {
    this.id = id;
    this.feeds = feeds.map((feed) => new LaneFeed(feed));
    this.feeds.forEach(({ feed }, n) => this.byName.set(feed.name, n));
    this.judge = judge(this);
  }

  record({ feed, seq }: Place): FeedRecord {
    return this.feeds[feed]!.feed.records[seq]!;
  }

  header(place: Place): Header {
    return this.record(place).header!;
  }

  /** How much of each feed is in the causal past of the record. */
  past({ feed, seq }: Place): readonly number[] {
    const { steps } = this.feeds[feed]!;
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle]!.seq <= seq) low = middle + 1;
      else high = middle;
    }
    return steps[low - 1]?.past ?? [];
  }

  isInPast(what: Place, of: Place): boolean {
    return what.feed === of.feed ? what.seq < of.seq : what.seq < (this.past(of)[what.feed] ?? 0);
  }

  /** Places all that can be placed, each after its past, and judges it at once: verdicts rest on the past alone. */
  async place(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false;
      for (let n = 0; n < this.feeds.length; n++) {
        const stopped = this.feeds[n]!.stop;
        while (await this.placeNext(n)) moved = true;
        moved ||= this.feeds[n]!.stop !== stopped; // others may wait for what is now malformed
      }
    }
    for (const own of this.feeds) if (own.placed < own.feed.records.length) own.stop ??= { kind: 'waiting', reason: 'past' };
  }

  /** The next record of a feed: true where it was placed. One that waits is asked again when others have moved. */
  private async placeNext(n: number): Promise<boolean> {
    const own = this.feeds[n]!;
    const record = own.feed.records[own.placed];
    if (!record || own.stop) return false;
    const place = { feed: n, seq: own.placed };
    const past = this.pastOf(place, record);
    if (past === 'waits') return false;
    if (typeof past === 'string') return this.refuse(own, past);
    own.steps.push(...(past ? [{ seq: place.seq, past }] : []));
    const fault = this.faultOf(place, record);
    if (fault) {
      if (past) own.steps.pop();
      return fault === 'act' ? ((own.stop = { kind: 'waiting', reason: 'act' }), false) : this.refuse(own, fault);
    }
    for (const entry of record.header!.seen) own.named.set(entry.feed, entry.size);
    this.byLeaf.set(record.leaf, place);
    if (record.header!.act === this.id && record.act?.lasting) this.charters.push({ place, act: record.act.lasting });
    own.placed++;
    await this.judge.judge(place, record);
    return true;
  }

  private refuse(own: LaneFeed, reason: string): false {
    own.stop = { kind: 'malformed', reason };
    return false;
  }

  /** 6.1 to 6.3: the past that begins at this record, null where it is the one before; or what is wrong. */
  private pastOf({ feed, seq }: Place, { header, fits }: FeedRecord): readonly number[] | null | string {
    const own = this.feeds[feed]!;
    if (!header || !fits) return 'header';
    if (seq > 0 && header.time < own.feed.records[seq - 1]!.header!.time) return 'time';
    const past = this.feeds.map((_, n) => own.steps.at(-1)?.past[n] ?? 0);
    for (const entry of header.seen) {
      const other = this.byName.get(entry.feed);
      if (other === feed) return 'own';
      const seen = other === undefined ? undefined : this.feeds[other]!;
      const root = seen?.feed.roots.get(entry.size);
      if (!seen || other === undefined || !root || !equal(root, fromHex(entry.root))) return 'waits';
      if (seen.placed < entry.size) return seen.stop?.kind === 'malformed' ? 'follows' : 'waits';
      if (entry.size <= (own.named.get(entry.feed) ?? 0)) return 'again';
      past[other] = Math.max(past[other]!, entry.size);
      this.past({ feed: other, seq: entry.size - 1 }).forEach((size, n) => (past[n] = Math.max(past[n]!, size)));
    }
    return header.seen.length > 0 || seq === 0 ? past : null;
  }

  /** 6.4 to 6.7. `act`: a lasting act that is not here, for which the record waits. */
  private faultOf(place: Place, record: FeedRecord): string | null {
    const header = record.header!;
    const own = this.feeds[place.feed]!;
    if (header.lasting && !record.act) return 'act';
    if (header.height !== this.heightOf(place, header)) return 'height';
    const isCharter = header.act === this.id;
    if (place.seq === 0) {
      if (!isCharter && !this.charterFor(place)) return 'opening';
      if (!header.lasting) return 'opening';
      this.findParty(place, record.act!.lasting!, isCharter);
    }
    return isCharter || own.party !== null ? null : 'party';
  }

  private heightOf({ feed, seq }: Place, header: Header): number {
    let most = seq > 0 ? this.header({ feed, seq: seq - 1 }).height : 0;
    for (const entry of header.seen) most = Math.max(most, this.header({ feed: this.byName.get(entry.feed)!, seq: entry.size - 1 }).height);
    return most + 1;
  }

  /** The charter that stands in the past of a record. */
  private charterFor(place: Place): JsonObject | null {
    return this.charters.find((charter) => this.isInPast(charter.place, place))?.act ?? null;
  }

  charter(): JsonObject | null {
    return this.charters[0]?.act ?? null;
  }

  private findParty(place: Place, act: JsonObject, isCharter: boolean): void {
    const own = this.feeds[place.feed]!;
    const charter = isCharter ? act : this.charterFor(place)!;
    if (objectOf(charter.get('parties')).has(own.node)) {
      own.party = own.node;
      return;
    }
    const under = textOf(act.get('under'));
    const delegation = under === null ? null : this.judge.delegationOf(under, place, own.node);
    own.delegation = delegation;
    own.party = delegation?.party ?? null;
  }
}
