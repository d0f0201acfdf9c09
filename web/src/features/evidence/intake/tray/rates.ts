// Rates that neither jump nor lag: a moving mean over some seconds.
import type { TrayFile } from './types';

const weight = 0.25;

export class Rates {
  private before = new Map<string, number>();
  private allBefore = 0;
  private at = performance.now();
  all = 0;

  /** @sent: bytes that have gone in all, since this page was opened. At most four times a second. */
  update(moving: readonly TrayFile[], sent: number): void {
    const now = performance.now();
    const seconds = (now - this.at) / 1000;
    if (seconds < 0.2) return;
    const next = new Map<string, number>();
    for (const file of moving) {
      const was = this.before.get(file.key);
      const speed = was === undefined ? 0 : Math.max(0, file.sent - was) / seconds;
      file.rate = was === undefined ? 0 : file.rate === 0 ? speed : file.rate + weight * (speed - file.rate);
      next.set(file.key, file.sent);
    }
    const speed = Math.max(0, sent - this.allBefore) / seconds;
    this.all = this.all === 0 ? speed : this.all + weight * (speed - this.all);
    if (moving.length === 0) this.all = 0;
    this.before = next;
    this.allBefore = sent;
    this.at = now;
  }
}
