/** Strict JSON (section 2), without white space unless asked. A Map keeps what an object would treat as its own (`__proto__`). */
import { utf8 } from './bytes.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

const DEEPEST = 16;
class Refused extends Error {}

/** An object at the top, and nothing after it; null where a rule is broken. */
export function parseJson(bytes: Uint8Array, spaced = false): JsonObject | null {
  const text = utf8(bytes);
  if (text === null) return null;
  try {
    const parser = new Parser(text, spaced);
    const value = parser.value(1);
    return parser.ended() && value instanceof Map ? value : null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

class Parser {
  private at = 0;
  private readonly text: string;
  private readonly spaced: boolean;

  constructor(text: string, spaced: boolean) {
    this.text = text;
    this.spaced = spaced;
  }

  ended(): boolean {
    this.space();
    return this.at === this.text.length;
  }

  value(depth: number): Json {
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private refuse(): never {
    throw new Refused();
  }

  private space(): void {
    while (this.spaced && ' \t\n\r'.includes(this.text[this.at] ?? '.')) this.at++;
  }

  private take(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.refuse();
    this.at += word.length;
    return value;
  }

  private object(depth: number): JsonObject {
    if (depth > DEEPEST) this.refuse();
    this.at++;
    const members: JsonObject = new Map();
    if (this.take('}')) return members;
    do {
      this.space();
      const key = this.string();
      if (members.has(key) || !this.take(':')) this.refuse();
      members.set(key, this.value(depth + 1));
    } while (this.take(','));
    if (!this.take('}')) this.refuse();
    return members;
  }

  private array(depth: number): Json[] {
    if (depth > DEEPEST) this.refuse();
    this.at++;
    const items: Json[] = [];
    if (this.take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.take(','));
    if (!this.take(']')) this.refuse();
    return items;
  }

  private number(): number {
    const digits = /-?(?:0|[1-9][0-9]*)/y;
    digits.lastIndex = this.at;
    const found = digits.exec(this.text)?.[0];
    if (found === undefined || found === '-0' || found.length > 17) this.refuse();
    this.at += found.length;
    const value = Number(found);
    return Number.isSafeInteger(value) ? value : this.refuse();
  }

  private string(): string {
    const from = this.at;
    if (!this.take('"')) this.refuse();
    let plain = true;
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined || character < ' ') this.refuse();
      if (character === '"') break;
      if (character === '\\') {
        plain = false;
        this.at++;
      }
    }
    const inner = this.text.slice(from + 1, this.at - 1);
    return plain ? inner : this.unescape(inner);
  }

  private unescape(inner: string): string {
    const short: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
    const value = inner.replace(/\\(u[0-9A-Fa-f]{4}|[^])/g, (_, escape: string) => {
      if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
      return short[escape] ?? this.refuse();
    });
    if (value.includes('\0') || /\p{Surrogate}/u.test(value)) this.refuse();
    return value;
  }
}

export const textOf = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
export const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
export const objectOf = (value: Json | undefined): JsonObject => (value instanceof Map ? value : new Map());

export function sameJson(a: Json, b: Json): boolean {
  if (a instanceof Map && b instanceof Map) return a.size === b.size && [...a].every(([key, value]) => b.has(key) && sameJson(value, b.get(key)!));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, n) => sameJson(item, b[n]!));
  return a === b;
}
