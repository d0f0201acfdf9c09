// Libraries that go under a running program: clock.c, powercut.c.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMITY } from './node.mjs';

/** Compiles @source (beside this file) into @folder; what LD_PRELOAD has to say. */
export async function preload(folder, source) {
  const library = join(folder, source.replace('.c', '.so'));
  await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-D_GNU_SOURCE', '-o', library, join(import.meta.dirname, source), '-ldl']);
  // A program built with the address sanitizer wants its library first.
  const { stdout } = await promisify(execFile)('ldd', [COMITY]);
  return [/libasan\S* => (\S+)/.exec(stdout)?.[1], library].filter(Boolean).join(' ');
}
