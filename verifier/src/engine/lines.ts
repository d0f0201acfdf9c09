/** A file of lines, read in pieces: each line's hash, and its bytes as far as anybody may want them. */
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from './bytes.ts';
import { pieces, type Extent, type Source } from './source.ts';

export interface Line {
  /** Null where the line is longer than `most`. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
  readonly offset: number;
  /** SHA-256 of prefix and line; null for an empty line that has no prefix. */
  readonly hash: Uint8Array | null;
  readonly ended: boolean;
}

/** Every line of the file; a last one without LF is a line too. */
export async function* lines(source: Source, file: Extent, most: number, prefix: Uint8Array = new Uint8Array()): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let start = file.offset;
  let long: ReturnType<typeof sha256.create> | null = null;
  const push = (part: Uint8Array): void => {
    length += part.length;
    if (length <= most) parts.push(part);
    else {
      long ??= parts.reduce((hash, earlier) => hash.update(earlier), sha256.create().update(prefix));
      parts = [];
      long.update(part);
    }
  };
  const take = (ended: boolean): Line => {
    const bytes = long ? null : parts.length === 1 ? parts[0]! : concat(...parts);
    const hash = bytes ? (bytes.length + prefix.length === 0 ? null : sha256.create().update(prefix).update(bytes).digest()) : long!.digest();
    const line = { bytes, length, offset: start, hash, ended };
    start += length + 1;
    [parts, length, long] = [[], 0, null];
    return line;
  };
  for await (const piece of pieces(source, file)) {
    for (let at = 0; at < piece.length; ) {
      const end = piece.indexOf(10, at);
      push(piece.subarray(at, end < 0 ? piece.length : end));
      if (end < 0) break;
      yield take(true);
      at = end + 1;
    }
  }
  if (length > 0) yield take(false);
}
