/** The verdict and the five answers, in words for a judge. */
import type { Key, Speech } from '../words/index.ts';
import { el, ltr } from './dom.ts';
import { mark, type Mark } from './marks.ts';
import { damageKey } from './say.ts';
import type { Report } from './worker.ts';

export interface Shown {
  readonly speech: Speech;
  readonly report: Report;
  /** Titles of nodes by their name. */
  readonly titles: ReadonlyMap<string, string>;
  readonly seconds: number;
}

type Damage = Report['damages'][number];
const titleOf = ({ titles }: Shown, node: string): string => titles.get(node) ?? node;
const inGroups = (hash: string): string => (hash.match(/.{1,4}/g) ?? []).join(' ');

function placeOf(speech: Speech, damage: Damage): HTMLElement | null {
  const where = [damage.line === null ? '' : speech.say('inLine', { line: damage.line }), damage.byte === null ? '' : speech.say('atByte', { byte: damage.byte })].filter(Boolean);
  if (damage.file === '' && where.length === 0) return null;
  return el('span', { class: 'place' }, damage.file === '' ? null : ltr(damage.file), ' ', where.join(' '));
}

export function verdictOf(shown: Shown): HTMLElement {
  const { speech, report } = shown;
  const [damage] = report.damages;
  if (damage) {
    const key: Key = damage.code === 'package.none' ? 'noPackage' : 'damaged';
    return el('div', { class: 'verdict bad' }, mark('damaged', 34), el('div', {}, el('h1', { tabindex: '-1' }, speech.say(key)), el('p', { class: 'first' }, speech.say(damageKey(damage.code)), ' ', placeOf(speech, damage))));
  }
  const key: Key = report.trust === 'trusted' ? 'trusted' : report.trust === 'not-trusted' ? 'notTrusted' : 'notAsked';
  const sentence = speech.say(key, { title: titleOf(shown, report.export?.node ?? '') });
  return el('div', { class: 'verdict' }, mark(report.trust === 'trusted' ? 'proven' : 'claimed', 34), el('div', {}, el('h1', { tabindex: '-1' }, sentence)));
}

interface Answer {
  readonly mark: Mark;
  readonly text: string;
  readonly facts: readonly (string | HTMLElement)[];
}

function intact({ speech, report, seconds }: Shown): Answer {
  const { records, files, signatures } = report.counts;
  const checked = speech.say('checked', { records, files, signatures, seconds });
  if (report.intact) return { mark: 'proven', text: speech.say('yes'), facts: [checked] };
  return { mark: 'damaged', text: speech.say('no', { what: speech.say(damageKey(report.damages[0]!.code)) }), facts: files > 0 ? [checked] : [] };
}

function from(shown: Shown): Answer {
  const { speech, report } = shown;
  const exporter = report.nodes.find((node) => node.exporter);
  if (!exporter) return { mark: 'claimed', text: speech.say('fromNobody'), facts: [] };
  const key: Key = report.trust === 'trusted' ? 'from' : report.trust === 'not-trusted' ? 'fromUntrusted' : 'fromUnasked';
  const fingerprint = el('span', {}, speech.say('key', { number: exporter.card }), ' ', ltr(inGroups(exporter.identity)));
  return { mark: report.trust === 'trusted' ? 'proven' : 'claimed', text: speech.say(key, { title: exporter.title }), facts: [fingerprint] };
}

function others(shown: Shown): Answer {
  const { speech, report } = shown;
  if (!report.intact) return { mark: 'claimed', text: speech.say('extentUnknown'), facts: [] };
  const furthest = new Map<string, Report['witnesses'][number]>();
  for (const one of report.witnesses) if ((furthest.get(`${one.by} ${one.feed}`)?.size ?? 0) < one.size) furthest.set(`${one.by} ${one.feed}`, one);
  const all = [...furthest.values()];
  if (all.length === 0) return { mark: 'claimed', text: speech.say('unwitnessed'), facts: [] };
  const names = speech.list([...new Set(all.map((one) => titleOf(shown, one.by)))]);
  return { mark: 'cosigned', text: speech.say('witnessed', { names }), facts: all.map((one) => speech.say('witness', { title: titleOf(shown, one.by), size: one.size, time: speech.time(one.time) })) };
}

function since(shown: Shown): Answer {
  const { speech, report } = shown;
  if (!report.intact) return { mark: 'claimed', text: speech.say('extentUnknown'), facts: [] };
  if (report.not_after === null) return { mark: 'claimed', text: speech.say('unattested'), facts: [] };
  return { mark: 'proven', text: speech.say('since', { time: speech.time(report.not_after), title: titleOf(shown, report.not_after_by) }), facts: [] };
}

function extent({ speech, report, titles }: Shown): Answer {
  const { records, withheld, erased } = report.counts;
  const counted = speech.say('counted', { records, withheld, erased, left: report.left_out.length });
  const confirmed = speech.say(report.export?.confirmed ? 'byPasskey' : 'byToken');
  if (!report.intact || !report.export) return { mark: 'claimed', text: speech.say('extentUnknown'), facts: [] };
  const whole = report.export.extent === 'whole';
  const reached = report.reached.map(({ node, size, time }) => speech.say('reached', { title: titles.get(node) ?? node, size, time: speech.time(time) }));
  return { mark: whole ? 'proven' : 'withheld', text: speech.say(whole ? 'all' : 'part'), facts: [counted, ...reached, confirmed] };
}

export function answersOf(shown: Shown): HTMLElement {
  const { speech } = shown;
  const answers = ([['q1', intact], ['q2', from], ['q3', others], ['q4', since], ['q5', extent]] as const).map(([question, answer], n) => {
    const { mark: name, text, facts } = answer(shown);
    return el('li', {}, el('span', { class: 'number', 'aria-hidden': 'true' }, speech.number(n + 1)), el('h2', {}, speech.say(question)), mark(name),
      el('div', {}, el('p', { class: 'answer' }, text), ...facts.map((fact) => el('p', { class: 'meta' }, fact))));
  });
  return el('ol', { class: 'answers' }, ...answers);
}

const DAMAGES_MOST = 100;

export function damagesOf({ speech, report }: Shown): HTMLElement | null {
  if (report.damages.length === 0) return null;
  const items = report.damages.slice(0, DAMAGES_MOST).map((damage) => el('li', {}, speech.say(damageKey(damage.code)), ' ', placeOf(speech, damage), ' ', el('bdi', { dir: 'ltr', class: 'code' }, damage.code)));
  const rest = report.damages.length > DAMAGES_MOST && el('p', { class: 'meta' }, speech.say('moreDamages', { shown: DAMAGES_MOST, all: report.damages.length }));
  return el('section', { class: 'damages', 'aria-labelledby': 'damages' }, el('h2', { id: 'damages' }, speech.say('damages')), el('ul', {}, ...items), rest);
}
