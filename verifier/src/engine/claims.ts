/** Phase J: what the package says of itself, and the exporter's signature over the whole. */
import { parseJson, listOf, textOf } from './json.ts';
import { logKeys } from './card.ts';
import type { Nodes } from './cards.ts';
import type { Contents } from './contents.ts';
import type { Damages } from './damage.ts';
import type { Feed, FeedRecord } from './feed.ts';
import type { File } from './layout.ts';
import { checkNote, parseNote, type Note } from './note.ts';
import { whole, type Source } from './source.ts';
import type { Walked } from './walk.ts';

const CONTENTS = 'data/package.json';

export interface Claims {
  readonly source: Source;
  readonly files: readonly File[];
  readonly feeds: readonly Feed[];
  readonly contents: Contents;
}

export function exportRecord({ feeds, contents }: Pick<Claims, 'feeds' | 'contents'>): FeedRecord | null {
  const [first] = contents.exports;
  const record = feeds.find((feed) => feed.n === first!.feed)?.records[first!.seq];
  return record?.leaf === first!.leaf ? record : null;
}

export async function checkClaims(claims: Claims, walked: Walked, found: Damages): Promise<void> {
  const { contents, feeds, files } = claims;
  const claim = (): void => found.add('package.claim', { file: CONTENTS });
  const record = exportRecord(claims);
  const header = record?.header;
  if (header) {
    const same = (['node', 'person', 'space', 'time'] as const).every((name) => header[name] === contents[name]);
    if (!same || (contents.confirmed === 'passkey') !== (header.confirmation !== null)) claim();
    if (!(await agrees(claims.source, record, contents))) claim();
  }
  const records = feeds.reduce((sum, feed) => sum + feed.records.length, 0);
  if (contents.records !== records || contents.withheld !== walked.withheld.size || contents.erased !== walked.erased) claim();
  const blobs = files.filter((file) => file.kind === 'blob');
  if (contents.blobs !== blobs.length || contents.bytes !== blobs.reduce((sum, file) => sum + file.size, 0)) claim();
  for (const [n, seq] of contents.absent) {
    const absent = feeds.find((feed) => feed.n === n)?.records[seq];
    if (!absent || (absent.body && (!absent.header?.confirmation || absent.confirmation))) claim();
  }
}

/** Does the export's act say the same of its extent and its subjects? (15.11) */
async function agrees(source: Source, record: FeedRecord, contents: Contents): Promise<boolean> {
  const bytes = record.act && record.body && (await whole(source, record.body, record.body.size));
  const act = bytes && parseJson(bytes);
  if (!act) return true;
  const scope = textOf(act.get('scope'));
  if (scope !== null && (scope === 'whole') !== (contents.extent === 'whole')) return false;
  return contents.extent === 'whole' || listOf(act.get('exhibits')).every((subject) => contents.subjects.includes(textOf(subject) ?? ''));
}

export const signedText = (manifestHash: string): string => `comity/package/v1\nmanifest-sha256.txt ${manifestHash}\n`;

/** What is wrong with package.note, or null. */
export async function noteFault(source: Source, file: File, contents: Contents, nodes: Nodes, manifestHash: string, counts: { signatures: number }): Promise<string | null> {
  const bytes = await whole(source, file, 128 * 1024);
  const note: Note | null = bytes && parseNote(bytes);
  if (!note || note.lines.length > 1) return 'note.malformed';
  const card = nodes.get(contents.node)?.newest;
  const keys = card ? logKeys(card, `${contents.node}/package`).filter(({ card: key }) => key.until === null || contents.time < key.until) : [];
  if (!checkNote(note, keys, counts)) return 'note.signature';
  return note.text === signedText(manifestHash) ? null : 'note.manifest';
}

