/** Judging (section 7): a class for each placed record, from its own act and lasting records of its past alone. */
import type { ActType, ActTypes } from './acts.ts';
import { base64url } from './bytes.ts';
import type { Act, FeedRecord } from './feed.ts';
import type { Header } from './header.ts';
import { listOf, objectOf, textOf, type Json, type JsonObject } from './json.ts';
import type { Delegation, Lane, Place } from './lane.ts';
import { confirms, parseConfirmation } from './passkey.ts';
import { whole, type Extent, type Source } from './source.ts';

interface Person {
  readonly roles: readonly Json[];
  readonly machine: boolean;
  /** credential id -> COSE key */
  readonly credentials: ReadonlyMap<string, string>;
}

interface Lasting {
  readonly place: Place;
  readonly act: JsonObject;
}

interface Case {
  readonly place: Place;
  readonly record: FeedRecord;
  readonly header: Header;
  readonly act: Act;
  readonly name: string;
  readonly type: ActType;
}

export interface Surroundings {
  readonly source: Source;
  readonly types: ActTypes;
  readonly counts: { signatures: number };
  /** The web origin of a node at a time; null: it has no card here. */
  readonly webAt: (node: string, time: string) => string | null;
}

/** Reads a run of a feed's party and delegation: what the lane knows of who writes it. */
export class Judge {
  private readonly around: Surroundings;
  private readonly lane: Lane;
  private readonly byAct = new Map<string, Place[]>();
  private readonly bySubject = new Map<string, Place[]>();
  /** Valid lasting acts by their type, and by the subject or leaf that others name. */
  private readonly valid = new Map<string, (Lasting & { leaf: string; subject: string })[]>();
  private readonly people = new Map<number, Map<string, Person | null>>();
  private readonly opened = new Set<number>();
  private readonly doubtful = new Set<number>(); // feeds that hold an unknown lasting record

  constructor(around: Surroundings, lane: Lane) {
    this.around = around;
    this.lane = lane;
  }

  async judge(place: Place, record: FeedRecord): Promise<void> {
    const header = record.header!;
    const doubtful = this.doubtful.has(place.feed);
    if (!record.act) {
      record.class = 'actless';
    } else {
      const type = Object.hasOwn(this.around.types, record.act.type) ? this.around.types[record.act.type] : undefined;
      const reason = this.isRepeated(place, header) ? 'repeated' : type && (await this.reason({ place, record, header, act: record.act, name: record.act.type, type }));
      record.class = reason ? (doubtful ? 'unknown' : 'void') : type ? 'valid' : 'unknown';
      record.reason = record.class === 'void' ? reason! : '';
    }
    if (record.class === 'unknown' && header.lasting) this.doubtful.add(place.feed);
    if (place.seq === 0 && record.class === 'valid') this.opened.add(place.feed);
    this.add(this.byAct, `${header.node} ${header.act}`, place);
    this.add(this.bySubject, header.subject, place);
    if (record.class === 'valid' && record.act?.lasting) this.takeEffect(place, record, record.act.lasting);
  }

  private add(index: Map<string, Place[]>, key: string, place: Place): void {
    const list = index.get(key);
    if (list) list.push(place);
    else index.set(key, [place]);
  }

  private isRepeated(place: Place, header: Header): boolean {
    return (this.byAct.get(`${header.node} ${header.act}`) ?? []).some((other) => this.lane.isInPast(other, place));
  }

  private takeEffect(place: Place, { leaf, act, header }: FeedRecord, json: JsonObject): void {
    const name = act!.type;
    const list = this.valid.get(name) ?? [];
    this.valid.set(name, list);
    list.push({ place, act: json, leaf, subject: header!.subject });
    const people = this.people.get(place.feed) ?? new Map<string, Person | null>();
    this.people.set(place.feed, people);
    const who = textOf(json.get('who')) ?? '';
    if (name === 'person.withdrawn/1') people.set(who, null);
    if (name !== 'person.introduced/1') return;
    const credentials = listOf(json.get('credentials')).map(objectOf).map((item) => [textOf(item.get('id'))!, textOf(item.get('cose'))!] as const);
    people.set(who, { roles: listOf(json.get('roles')), machine: json.get('machine') === true, credentials: new Map(credentials) });
  }

  /** Valid lasting acts of a type. */
  all(name: string): readonly (Lasting & { leaf: string; subject: string })[] {
    return this.valid.get(name) ?? [];
  }

  private inPast(name: string, place: Place): (Lasting & { leaf: string; subject: string })[] {
    return this.all(name).filter((one) => this.lane.isInPast(one.place, place));
  }

  /** The delegation whose leaf a field node's first act names. */
  delegationOf(leaf: string, place: Place, node: string): Delegation | null {
    const found = this.inPast('field.delegated/1', place).find((one) => one.leaf === leaf && one.act.get('field') === node);
    if (!found) return null;
    const persons = listOf(found.act.get('persons')).map((person) => textOf(person) ?? '');
    return { party: this.lane.feeds[found.place.feed]!.party!, persons, until: textOf(found.act.get('until'))! };
  }

  /** 7.3 (b) to (l): the first reason why the record is void. */
  private async reason(it: Case): Promise<string | null> {
    if (!it.act.ofType) return 'members';
    const form = this.formOf(it);
    if (form) return form;
    if (it.name === 'lane.chartered/1') return this.charterFault(it);
    if (it.place.seq > 0 && !this.opened.has(it.place.feed)) return 'opening';
    if (!it.type.flags.includes('after_end') && this.inPast('lane.ended/1', it.place).length > 0) return 'ended';
    return this.kindFault(it) ?? this.personFault(it) ?? this.subjectFault(it) ?? this.homeFault(it) ?? this.typeFault(it) ?? (await this.confirmationFault(it));
  }

  private formOf({ place, header, name, type }: Case): string | null {
    if (type.flags.includes('lasting') !== header.lasting) return 'lasting';
    if (type.flags.includes('opens') !== (place.seq === 0)) return 'opens';
    return (name === 'lane.chartered/1') === (header.act === this.lane.id) ? null : 'charter';
  }

  private charterFault({ header, act }: Case): string | null {
    const party = objectOf(act.lasting!.get('parties')).has(header.node);
    return header.person === '' && header.prev.length === 0 && party ? null : 'charter';
  }

  private kindFault({ place, act, name, type }: Case): string | null {
    const kind = name === 'carried/1' ? act.kind : type.entity;
    if (!kind) return null;
    const party = this.lane.feeds[place.feed]!.party!;
    return listOf(objectOf(this.lane.charter()?.get('parties')).get(party)).includes(kind) ? null : 'kind';
  }

  private personOf({ place, header }: Case): Person | null {
    return this.people.get(place.feed)?.get(header.person) ?? null;
  }

  private personFault(it: Case): string | null {
    if (it.type.by_node) return it.header.person === '' ? null : 'node';
    const person = this.personOf(it);
    const delegation = this.lane.feeds[it.place.feed]!.delegation;
    if (!person) return 'person';
    if (delegation && it.header.time > delegation.until) return 'until';
    return it.type.roles.some((role) => person.roles.includes(role)) ? null : 'role';
  }

  private subjectFault({ place, header, type }: Case): string | null {
    const onLane = type.subject === 'the lane';
    if (onLane !== (header.subject === this.lane.id)) return 'subject';
    if (onLane) return header.prev.length === 0 ? null : 'prev';
    if (type.subject === 'new' || (type.subject === 'new or standing' && header.prev.length === 0)) {
      if (header.prev.length > 0) return 'prev';
      const known = (this.bySubject.get(header.subject) ?? []).some((other) => this.lane.isInPast(other, place));
      return known ? 'created' : header.subject.startsWith(`${header.node}/`) ? null : 'creator';
    }
    if (header.prev.length < 1 || header.prev.length > 32) return 'prev';
    return header.prev.every((leaf) => this.isOfSubject(leaf, header.subject, place)) ? null : 'prev';
  }

  private isOfSubject(leaf: string, subject: string, place: Place): boolean {
    const other = this.lane.byLeaf.get(leaf);
    return other !== undefined && this.lane.isInPast(other, place) && this.lane.header(other).subject === subject;
  }

  /** (j): the writer holds the home under the title that it names, and has no open offer of it. */
  private homeFault({ place, header, act, type }: Case): string | null {
    if (!type.flags.includes('exclusive')) return null;
    const ofSubject = (name: string) => this.inPast(name, place).filter((one) => one.subject === header.subject);
    const title = act.home;
    const held =
      title === null
        ? header.subject.startsWith(`${header.node}/`)
        : ofSubject('home.accepted/1').some((one) => one.leaf === title && this.lane.feeds[one.place.feed]!.node === header.node);
    if (!held) return 'home';
    const declined = new Set(ofSubject('home.declined/1').map((one) => one.act.get('offer')));
    const open = ofSubject('home.offered/1').some((offer) => offer.act.get('home') === title && !declined.has(offer.leaf));
    return open ? 'offered' : null;
  }

  /** (k): what single types ask beyond all that. */
  private typeFault(it: Case): string | null {
    const json = it.act.lasting;
    switch (it.name) {
      case 'home.accepted/1':
      case 'home.declined/1':
        return this.answerFault(it, json!);
      case 'lane.ended/1':
        return this.lane.charter()?.get('lead') === it.header.node ? null : 'lead';
      case 'erased/1':
        return listOf(json!.get('records')).every((leaf) => this.mayErase(textOf(leaf)!, it.place)) ? null : 'erase';
      case 'feed.continued/1':
        return it.header.seen.some((entry) => entry.feed.startsWith(`${it.header.node}/`)) ? null : 'continued';
      case 'person.introduced/1': {
        const delegation = this.lane.feeds[it.place.feed]!.delegation;
        return !delegation || delegation.persons.includes(textOf(json!.get('who'))!) ? null : 'delegated';
      }
      case 'field.delegated/1':
        return objectOf(this.lane.charter()?.get('parties')).has(it.header.node) ? null : 'delegating';
      case 'feed.closed/1':
        return this.closes(it.place, textOf(json!.get('feed'))!) ? null : 'closed';
      default:
        return null;
    }
  }

  private answerFault({ place, header }: Case, json: JsonObject): string | null {
    const leaf = json.get('offer');
    const offer = this.inPast('home.offered/1', place).find((one) => one.leaf === leaf && one.subject === header.subject && one.act.get('to') === header.node);
    if (!offer) return 'offer';
    const answers = [...this.inPast('home.accepted/1', place), ...this.inPast('home.declined/1', place)];
    return answers.some((one) => one.act.get('offer') === leaf) ? 'answered' : null;
  }

  private mayErase(leaf: string, place: Place): boolean {
    const other = this.lane.byLeaf.get(leaf);
    if (!other || !this.lane.isInPast(other, place) || this.lane.header(other).lasting) return false;
    return this.lane.feeds[other.feed]!.party === this.lane.feeds[place.feed]!.party;
  }

  private closes(place: Place, name: string): boolean {
    const own = this.lane.feeds[place.feed]!;
    const other = this.lane.feeds.find(({ feed }) => feed.name === name);
    return other !== undefined && other !== own && other.party === own.party;
  }

  /** (l) */
  private async confirmationFault(it: Case): Promise<string | null> {
    const { header, record, type, act } = it;
    const person = this.personOf(it);
    if (header.confirmation === null) return type.flags.includes('confirm') && person && !person.machine ? 'unconfirmed' : null;
    return person && (await this.isConfirmed(header, record.confirmation!, act.challenge!, person)) ? null : 'confirmation';
  }

  private async isConfirmed(header: Header, where: Extent, challenge: Uint8Array, person: Person): Promise<boolean> {
    const bytes = await whole(this.around.source, where, where.size);
    const confirmation = bytes && parseConfirmation(bytes);
    const cose = confirmation && base64url(person.credentials.get(confirmation.credential) ?? '!');
    const web = this.around.webAt(header.node, header.time);
    if (!confirmation || !cose || web === null) return false;
    this.around.counts.signatures++;
    return confirms(confirmation, cose, challenge, web);
  }
}
