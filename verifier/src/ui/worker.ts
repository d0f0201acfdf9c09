/** Verifying, away from the page: in a worker where there is one, else in the page itself. */
import published from '../../../docs/acts.json' with { type: 'json' };
import type { ActTypes } from '../engine/acts.ts';
import type { Card } from '../engine/card.ts';
import { reportOf } from '../engine/report.ts';
import type { Source } from '../engine/source.ts';
import { readGiven, verify, type Verified } from '../engine/verify.ts';
import { rowsOf, type Row } from './rows.ts';

export interface Question {
  readonly file: File;
  readonly cards: readonly Uint8Array[];
}

export type Report = ReturnType<typeof reportOf>;

export type Answer =
  | { readonly kind: 'progress'; readonly done: number; readonly all: number }
  | { readonly kind: 'done'; readonly report: Report; readonly rows: readonly Row[]; readonly titles: readonly (readonly [string, string])[] }
  | { readonly kind: 'failed'; readonly why: string };

function sourceOf(file: Blob): Source {
  return {
    size: file.size,
    read: async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Remembers the last file's hashes: who adds a card does not wait for them again. */
export class Verifier {
  private last: { file: File; verified: Verified } | null = null;

  async answer({ file, cards }: Question, tell: (answer: Answer) => void): Promise<void> {
    try {
      const given = cards.map(readGiven).filter((card): card is Card => card !== null);
      const known = this.last?.file === file && this.last.verified.files.length > 0 ? this.last.verified.hashes : undefined;
      let percent = -1;
      const progress = (done: number, all: number): void => {
        const now = Math.floor((100 * done) / all);
        if (now !== percent) tell({ kind: 'progress', done, all });
        percent = now;
      };
      const verified = await verify(sourceOf(file), { types: published as unknown as ActTypes, given, progress, hashed: known });
      this.last = { file, verified };
      const titles = [...verified.nodes.values()].map(({ node, newest }) => [node, newest.title] as const);
      tell({ kind: 'done', report: reportOf(file.name, verified), rows: await rowsOf(verified), titles });
    } catch (error) {
      tell({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
    }
  }
}
