/** A record's header (4.2): the leaf of the log. One grammar, and what a grammar can't say behind it. */
import { latin1 } from './bytes.ts';
import { HEX64, ID, NODE, UUID, isTime } from './words.ts';

export interface Seen {
  readonly feed: string; // node/epoch
  readonly size: number;
  readonly root: string;
}

export interface Header {
  readonly space: string;
  readonly lane: string;
  readonly node: string;
  readonly epoch: string;
  readonly seq: number;
  readonly height: number;
  readonly time: string;
  readonly person: string;
  readonly subject: string;
  readonly prev: readonly string[];
  readonly act: string;
  readonly lasting: boolean;
  readonly confirmation: string | null;
  readonly seen: readonly Seen[];
}

export const HEADER_MOST = 8192;
const INTEGER = '0|[1-9][0-9]{0,15}';
const ENTRY = `"${NODE}/[0-9a-f]{16}":\\[(?:${INTEGER}),"${HEX64}"\\]`;
const list = (item: string) => `${item}(?:,${item})*`;
const GRAMMAR = new RegExp(
  `^\\{"v":1,"space":"(${UUID})","lane":"(${HEX64})","node":"(${NODE})","epoch":"([0-9a-f]{16})","seq":(${INTEGER}),` +
    `"height":(${INTEGER}),"time":"([0-9T:.Z-]{24})","person":"(${ID})","subject":"(${HEX64}|${NODE}/${ID})",` +
    `"prev":\\[((?:${list(`"${HEX64}"`)})?)\\],"act":"sha256:(${HEX64})"(,"lasting":true)?(?:,"confirmation":"sha256:(${HEX64})")?` +
    `(?:,"seen":\\{(${list(ENTRY)})\\})?\\}$`,
);

function parseSeen(text: string | undefined): Seen[] | null {
  if (text === undefined) return [];
  const all: Seen[] = [];
  for (const [, feed, size, root] of text.matchAll(new RegExp(`"([^"]+)":\\[([0-9]+),"(${HEX64})"\\]`, 'g'))) {
    const last = all.at(-1);
    const count = Number(size);
    if (count < 1 || !Number.isSafeInteger(count) || (last && last.feed >= feed!)) return null;
    all.push({ feed: feed!, size: count, root: root! });
  }
  return all;
}

export function parseHeader(bytes: Uint8Array): Header | null {
  const found = bytes.length <= HEADER_MOST ? GRAMMAR.exec(latin1(bytes)) : null;
  if (!found) return null;
  const [, space, lane, node, epoch, seqText, heightText, time, person, subject, prevText, act, lasting, confirmation, seenText] = found as unknown as string[];
  const seq = Number(seqText);
  const height = Number(heightText);
  const prev = prevText === '' ? [] : prevText!.slice(1, -1).split('","');
  const seen = parseSeen(seenText);
  const fits = Number.isSafeInteger(seq) && Number.isSafeInteger(height) && isTime(time!) && new Set(prev).size === prev.length;
  if (!fits || !seen || (/^[0-9a-f]{64}$/.test(subject!) && subject !== lane)) return null;
  return {
    space: space!, lane: lane!, node: node!, epoch: epoch!, seq, height, time: time!, person: person!, subject: subject!, prev,
    act: act!, lasting: lasting !== undefined, confirmation: confirmation ?? null, seen,
  };
}
