// A clock that a test puts forward while the node runs (clock.c).
import { execFile } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMITY } from './node.mjs';

const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export { MINUTE };

export class Clock {
  /** Made in @folder; `env` goes to the process whose clock it is. */
  static async create(folder) {
    const clock = new Clock();
    const library = join(folder, 'clock.so');
    await promisify(execFile)('cc', ['-shared', '-fPIC', '-O1', '-D_GNU_SOURCE', '-o', library, join(import.meta.dirname, 'clock.c'), '-ldl']);
    // A program built with the address sanitizer wants its library first.
    const { stdout } = await promisify(execFile)('ldd', [COMITY]);
    const sanitizer = /libasan\S* => (\S+)/.exec(stdout)?.[1];
    clock.file = join(folder, 'clock');
    clock.seconds = 0;
    clock.env = { LD_PRELOAD: [sanitizer, library].filter(Boolean).join(' '), COMITY_TEST_CLOCK: clock.file };
    await clock.forward(0);
    return clock;
  }

  /** Unix ms, as the process sees it. */
  now() {
    return Date.now() + this.seconds * 1000;
  }

  async forward(seconds) {
    this.seconds += seconds;
    await writeFile(this.file + '.new', String(this.seconds));
    await rename(this.file + '.new', this.file);
  }
}
