// The node's OpenAPI document, as far as the reader shows it. It is read from the node, so that it tells of this node.
import { queryOptions } from '@tanstack/react-query';
import { problemFrom } from '../../api/problem';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  description?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Content {
  description?: string;
  content?: Record<string, { schema?: Schema }>;
}

interface Described {
  summary?: string;
  description?: string;
  operationId: string;
  tags?: string[];
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: Content;
  responses: Record<string, Content | { $ref: string }>;
  security?: Record<string, string[]>[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

interface PathItem extends Partial<Record<(typeof methods)[number], Described>> {
  parameters?: (Parameter | { $ref: string })[];
  servers?: { url: string }[];
}

export interface Document {
  info: { title: string; version: string; description?: string };
  servers: { url: string }[];
  tags: { name: string; description?: string }[];
  paths: Record<string, PathItem>;
}

export interface Operation extends Described {
  method: string;
  /** With the prefix that all addresses have. */
  path: string;
  parameters: Parameter[];
  answers: [string, Content][];
}

export interface Group {
  name: string;
  description?: string | undefined;
  operations: Operation[];
}

export const documentQuery = queryOptions({
  queryKey: ['openapi'],
  staleTime: Infinity,
  queryFn: async () => {
    const answer = await fetch('/api/v1/openapi.json');
    if (!answer.ok) throw await problemFrom(answer);
    return (await answer.json()) as Document;
  },
});

/** What @item is, or what its reference (of this document) leads to. */
export function resolve<T>(document: Document, item: T | { $ref: string }): T {
  const ref = (item as { $ref?: string }).$ref;
  if (ref === undefined) return item as T;
  const found = ref.slice(2).split('/').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  return resolve<T>(document, (found ?? {}) as T);
}

function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const described = item[method];
      if (!described) return [];
      const prefix = (item.servers ?? document.servers)[0]?.url.replace(/\/$/, '') ?? '';
      const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])].map((one) => resolve<Parameter>(document, one));
      const answers = Object.entries(described.responses).map(([code, one]): [string, Content] => [code, resolve<Content>(document, one)]);
      return [{ ...described, method: method.toUpperCase(), path: prefix + path, parameters, answers }];
    }),
  );
}

/** The operations that have all words of @q in their address, name or summary, by subject. */
export function groupsOf(document: Document, q = ''): Group[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ method, path, operationId, summary = '', tags = [] }: Operation) => {
    const text = [method, path, operationId, summary, ...tags].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const all = operationsOf(document).filter(fits);
  return document.tags
    .map(({ name, description }) => ({ name, description, operations: all.filter(({ tags }) => tags?.[0] === name) }))
    .filter(({ operations }) => operations.length > 0);
}

/** "string (uuid)", "Exhibit", "Exhibit[]". */
export function typeOf(schema: Schema | undefined): string {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const choice = schema.oneOf ?? schema.anyOf;
  if (choice) return choice.map(typeOf).join(' | ');
  if (schema.allOf) return schema.allOf.map(typeOf).filter(Boolean).join(' & ');
  if (schema.type === 'array') return `${typeOf(schema.items)}[]`;
  const type = [schema.type ?? 'any'].flat().join(' | ');
  return schema.format ? `${type} (${schema.format})` : type;
}

/** What is in @schema to be opened: its members, or those of what it lists. */
export function membersOf(document: Document, schema: Schema | undefined): [string, Schema, boolean][] {
  if (!schema) return [];
  const one = resolve<Schema>(document, schema as Schema | { $ref: string });
  const parts = [...(one.allOf ?? []), ...(one.oneOf ?? []), ...(one.anyOf ?? [])].flatMap((part) => membersOf(document, part));
  if (one.items) return membersOf(document, one.items);
  return [...Object.entries(one.properties ?? {}).map(([name, member]): [string, Schema, boolean] => [name, member, one.required?.includes(name) ?? false]), ...parts];
}

const limits = ['pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'maxItems'] as const;

/** "maxLength 200, pattern ^[a-z]+$". */
export function limitsOf(schema: Schema): string {
  return limits.flatMap((name) => (schema[name] === undefined ? [] : [`${name} ${schema[name]}`])).join(', ');
}

/** The request as a command line, with what must be given in capital letters. */
export function commandOf({ method, path, parameters, requestBody, security }: Operation, origin: string): string {
  const must = parameters.filter(({ required }) => required);
  const query = must.filter((one) => one.in === 'query').map(({ name }) => `${name}=${name.toUpperCase()}`).join('&');
  const address = `${origin}${path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())}${query && `?${query}`}`;
  const type = Object.keys(requestBody?.content ?? {})[0];
  /* eslint-disable lingui/no-unlocalized-strings -- a command line has no language */
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "${address}"`,
    ...(security?.length === 0 ? [] : ['-H "Authorization: Bearer $COMITY_TOKEN"']),
    ...must.filter((one) => one.in === 'header').map(({ name }) => `-H "${name}: ${name.toUpperCase()}"`),
    ...(type ? [`-H "Content-Type: ${type}"`, type.includes('json') ? `--data @body.json` : `--data-binary @FILE`] : []),
  ].join(' \\\n  ');
  /* eslint-enable */
}
