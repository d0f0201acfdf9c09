/** Acts (4.3, 4.4): which bytes are an act of this record, and whether it is one of its type (docs/acts.md). */
import { base64url } from './bytes.ts';
import type { Header } from './header.ts';
import { listOf, parseJson, sameJson, textOf, type Json, type JsonObject } from './json.ts';
import { isDate, isTime } from './words.ts';

export const ACT_MOST = 65_536;

/** The part of JSON Schema that docs/acts.json is written in. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly format?: string;
  readonly contentEncoding?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

export interface ActType {
  readonly entity: string;
  readonly subject: string; // "the lane", "new", "standing", "new or standing"
  readonly by_node: boolean;
  readonly roles: readonly string[];
  readonly flags: readonly string[];
  readonly rule?: string;
  readonly corrects?: readonly string[]; // of these members at least one is there
  readonly schema: Schema;
}

export type ActTypes = Readonly<Record<string, ActType>>;

/** The act, if a verifier keeps it: it fits the header and is strict JSON. Its hash was compared before. */
export function keepAct(bytes: Uint8Array, header: Header): JsonObject | null {
  const act = bytes.length <= ACT_MOST ? parseJson(bytes) : null;
  if (!act) return null;
  const charter = header.act === header.lane;
  const same = ['space', 'node', 'person'].every((name) => act.get(name) === header[name as 'space' | 'node' | 'person']);
  const place = charter ? act.get('lane') === null && act.get('subject') === null : act.get('lane') === header.lane && act.get('subject') === header.subject;
  const prev = act.get('prev');
  const lasting = header.lasting ? act.get('lasting') === true : !act.has('lasting');
  const texts = textOf(act.get('type')) !== null && textOf(act.get('salt')) !== null;
  return same && place && lasting && texts && Array.isArray(prev) && sameJson(prev, [...header.prev]) ? act : null;
}

const OWN = new Set(['space', 'lane', 'node', 'person', 'subject', 'prev', 'lasting', 'type', 'salt']);
const codePoints = (text: string): number => [...text].length;
const within = (value: number, least: number | undefined, most: number | undefined): boolean => value >= (least ?? 0) && value <= (most ?? Infinity);

function fitsText(schema: Schema, text: string): boolean {
  if (schema.enum && !schema.enum.includes(text)) return false;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(text)) return false;
  if (schema.contentEncoding === 'base64url' && !base64url(text)) return false;
  if ((schema.format === 'date-time' && !isTime(text)) || (schema.format === 'date' && !isDate(text))) return false;
  return within(codePoints(text), schema.minLength, schema.maxLength);
}

function fitsObject(schema: Schema, object: JsonObject, own: ReadonlySet<string>): boolean {
  const { properties, required = [], additionalProperties } = schema;
  if (!required.every((name) => object.has(name))) return false;
  let count = 0;
  for (const [name, value] of object) {
    if (own.has(name)) continue;
    count++;
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : typeof additionalProperties === 'object' ? additionalProperties : undefined;
    if (known ? !fits(known, value) : additionalProperties === false) return false;
  }
  return within(count, schema.minProperties, schema.maxProperties);
}

function fitsList(schema: Schema, list: Json[]): boolean {
  if (!within(list.length, schema.minItems, schema.maxItems) || !list.every((item) => fits(schema.items ?? {}, item))) return false;
  if (!schema.uniqueItems) return true;
  const texts = list.filter((item) => typeof item === 'string');
  const others = list.filter((item) => typeof item !== 'string');
  return new Set(texts).size === texts.length && others.every((item, n) => !others.slice(0, n).some((earlier) => sameJson(item, earlier)));
}

const kindOf = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : value instanceof Map ? 'object' : typeof value === 'number' ? 'integer' : typeof value;

function fits(schema: Schema, value: Json): boolean {
  const kinds = schema.type === undefined ? null : [schema.type].flat();
  if (kinds && !kinds.includes(kindOf(value))) return false;
  if (typeof value === 'string') return fitsText(schema, value);
  if (typeof value === 'number') return within(value, schema.minimum ?? -Infinity, schema.maximum);
  if (Array.isArray(value)) return fitsList(schema, value);
  return value instanceof Map ? fitsObject(schema, value, new Set()) : true;
}

const givesRole = (act: JsonObject): boolean => act.get('admin') === true || listOf(act.get('roles')).length > 0;

function succeedsByPrefix(act: JsonObject): boolean {
  const lanes = act.get('succeeds');
  if (!(lanes instanceof Map)) return true;
  return [...lanes.values()].every((feeds) => !(feeds instanceof Map) || [...feeds.values()].every((prefix) => {
    const [size, root] = listOf(prefix);
    return typeof size === 'number' && size >= 1 && typeof root === 'string' && /^[0-9a-f]{64}$/.test(root);
  }));
}

/** What a table can't say of a type: the rules of docs/acts.md, but for `corrects`. */
export const CHECKS: Readonly<Record<string, (act: JsonObject) => boolean>> = {
  'lane.chartered/1': succeedsByPrefix,
  'export.made/1': (act) => (act.get('scope') === 'whole') === (listOf(act.get('exhibits')).length === 0),
  'person.admitted/1': givesRole,
  'person.roles_changed/1': givesRole,
};

/** Are the act's members exactly those of its type, each within its limits? (7.3 b) */
export function isOfType(name: string, type: ActType, act: JsonObject): boolean {
  const salted = /^[0-9a-f]{32}$/.test(textOf(act.get('salt')) ?? '');
  return salted && fitsObject({ additionalProperties: false, ...type.schema }, act, OWN) && (type.corrects?.some((member) => act.has(member)) ?? true) && (CHECKS[name]?.(act) ?? true);
}

export interface BlobName {
  readonly sha256: string;
  readonly size: number | null;
}

/** Every blob that the act names, at any depth (15.10). */
export function blobsOf(value: Json, found: BlobName[] = []): BlobName[] {
  if (Array.isArray(value)) for (const item of value) blobsOf(item, found);
  if (!(value instanceof Map)) return found;
  const hash = textOf(value.get('sha256'));
  const size = value.get('size');
  if (hash !== null && /^sha256:[0-9a-f]{64}$/.test(hash)) found.push({ sha256: hash.slice(7), size: typeof size === 'number' ? size : null });
  for (const member of value.values()) blobsOf(member, found);
  return found;
}

