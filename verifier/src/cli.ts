/** The verifier under Node.js, for tests and for those who trust no browser: FILE [--trust CARD]... [--acts TABLE] --json. */
import { open, readFile, stat } from 'node:fs/promises';
import published from '../../docs/acts.json' with { type: 'json' };
import type { ActTypes } from './engine/acts.ts';
import type { Card } from './engine/card.ts';
import { reportOf } from './engine/report.ts';
import type { Source } from './engine/source.ts';
import { readGiven, verify } from './engine/verify.ts';

const USAGE = 2;

class Refused extends Error {}

async function sourceOf(path: string): Promise<Source & { close(): Promise<void> }> {
  if (!(await stat(path)).isFile()) throw new Refused(`${path} is no file.`);
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

interface Request {
  file: string | null;
  cards: Card[];
  types: ActTypes;
}

async function readRequest(args: readonly string[]): Promise<Request> {
  const request: Request = { file: null, cards: [], types: published as unknown as ActTypes };
  for (let n = 0; n < args.length; n++) {
    const word = args[n]!;
    if (word === '--trust') {
      const path = args[++n] ?? '';
      const card = readGiven(await readFile(path));
      if (!card) throw new Refused(`${path} is no card of a node.`);
      request.cards.push(card);
    } else if (word === '--acts') {
      request.types = JSON.parse(await readFile(args[++n] ?? '', 'utf8')) as ActTypes;
    } else if (word !== '--json') {
      if (request.file !== null || word.startsWith('-')) throw new Refused(`“${word}” is not understood.`);
      request.file = word;
    }
  }
  return request;
}

/** Verifies one package; the exit class is the return value, the report goes to `print`. */
export async function main(args: readonly string[], print: (text: string) => void): Promise<number> {
  try {
    const { file, cards, types } = await readRequest(args);
    if (file === null) throw new Refused('Which package?');
    const source = await sourceOf(file);
    const report = reportOf(file, await verify(source, { types, given: cards }).finally(() => source.close()));
    print(JSON.stringify(report));
    return report.exit;
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof Error && 'code' in error)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return USAGE;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`));
