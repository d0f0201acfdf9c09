/** Where the bytes come from: a Blob in a browser, a file under Node.js. Nothing else of the engine knows which. */
export interface Source {
  readonly size: number;
  /** `length` bytes from `offset`, or fewer where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export const PIECE = 1 << 20;

/** A part of the file that is read from its beginning to its end, in pieces. */
export interface Extent {
  readonly offset: number;
  readonly size: number;
}

export async function* pieces(source: Source, { offset, size }: Extent): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const piece = await source.read(offset + at, Math.min(PIECE, size - at));
    if (piece.length === 0) throw new Error('The file ended while it was read.');
    at += piece.length;
    yield piece;
  }
}

/** The whole of a small part; null where it is larger than `most`, so that no size in the file decides what is allocated. */
export async function whole(source: Source, extent: Extent, most: number): Promise<Uint8Array | null> {
  if (extent.size > most) return null;
  const bytes = new Uint8Array(extent.size);
  let at = 0;
  for await (const piece of pieces(source, extent)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
