/** Which text stands for a code of damage, a reason, an act's type: several may share one. */
import { CATALOGUES, type Key, type Speech } from '../words/index.ts';
import type { Row } from './rows.ts';

const isKey = (text: string): text is Key => Object.hasOwn(CATALOGUES.en, text);

const DAMAGES: Readonly<Record<string, Key>> = {
  'zip.directory': 'zip.entry', 'zip.end': 'zip.entry', 'zip.trailing': 'zip.gap', 'blob.left_out': 'blob.unnamed', 'record.refused': 'record.malformed',
  card: 'cardDamage', proof: 'proofDamage',
};

export function damageKey(code: string): Key {
  const family = code.split('.')[0]!;
  const key = DAMAGES[code] ?? (isKey(code) ? code : (DAMAGES[family] ?? family));
  return isKey(key) ? key : 'damaged';
}

const REASONS: Readonly<Record<string, Key>> = {
  members: 'form', lasting: 'form', opens: 'form', charter: 'form', node: 'person', until: 'person', role: 'person', delegated: 'person', delegating: 'person',
  subject: 'order', prev: 'order', created: 'order', creator: 'order', erase: 'order', continued: 'order', closed: 'order', lead: 'order',
  offered: 'home', offer: 'home', answered: 'home', unconfirmed: 'confirmation',
};

export function reasonKey(reason: string): Key {
  const key = REASONS[reason] ?? reason;
  return isKey(key) ? key : 'form';
}

/** What happened; a type that the page has no words for is shown as it is. */
export function whatHappened(speech: Speech, row: Row): string {
  const name = row.type.split('/')[0]!;
  const key = name === '' ? 'notHere' : name === 'erased' ? 'erased-act' : name;
  return isKey(key) ? speech.say(key) : row.type;
}

export function who(speech: Speech, row: Row): string {
  return row.person === '' ? row.node : speech.say('who2', { person: row.person, node: row.node });
}

export function when(speech: Speech, row: Row): string {
  const short = (time: string | number): string => speech.time(time, 'medium');
  if (row.before === null) return short(row.time);
  const to = short(row.before);
  return row.after === null ? speech.say('until', { time: short(row.time), to }) : speech.say('between', { from: short(row.after), to });
}

export function proof(speech: Speech, row: Row): string {
  if (row.state === 'void') return speech.say('void', { reason: speech.say(reasonKey(row.reason)) });
  if (row.state !== '') return speech.say(row.state as Key);
  return speech.say(row.confirmed ? 'provenByPasskey' : row.before === null ? 'claimed' : 'proven');
}
