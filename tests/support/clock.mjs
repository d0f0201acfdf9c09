// A clock that a test puts forward while the node runs (clock.c).
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preload } from './preload.mjs';

const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export { MINUTE };

export class Clock {
  /** Made in @folder; `env` goes to the process whose clock it is. */
  static async create(folder) {
    const clock = new Clock();
    clock.file = join(folder, 'clock');
    clock.seconds = 0;
    clock.env = { LD_PRELOAD: await preload(folder, 'clock.c'), COMITY_TEST_CLOCK: clock.file };
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
