// Exhibits in the making: what is said about them is said once; files that are there go in at once, the rest joins as it
// arrives, at most two hundred a record.
//   P1  A request is written down with its key before it is sent. Sent again after a reload, it acts once.
//   P2  Files that arrive singly are gathered for a minute, so that a record is not written for each.
import { api, body } from '../../../../api/client';
import { Problem } from '../../../../api/problem';
import type { Facts } from '../../facts/values';
import { drop, put } from './db';
import type { Made } from './snapshot';
import type { Tray } from './tray';
import { look } from './transfer';
import type { Plan, TrayFile } from './types';

const most = 200;
const gatherFor = 60_000; // P2
const pauses = [1000, 3000, 10_000, 30_000];

export class Plans {
  private readonly plans = new Map<string, Plan>();
  private readonly since = new Map<string, number>();
  private made: Made[] = [];
  private working = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tray: Tray) {}

  load(plans: readonly Plan[]): void {
    for (const plan of plans) this.plans.set(plan.id, plan);
  }

  shown(): { plans: Plan[]; made: Made[] } {
    return { plans: [...this.plans.values()], made: this.made };
  }

  /** @facts of a new exhibit, or @exhibit that the files join. */
  async begin(facts: Facts | null, files: readonly TrayFile[], exhibit: { id: string; number: string } | null): Promise<string> {
    const plan: Plan = {
      id: crypto.randomUUID(), space: this.tray.space, facts, exhibit: exhibit?.id ?? null, number: exhibit?.number ?? null, batch: null, taken: 0,
    };
    this.plans.set(plan.id, plan);
    await put('plans', plan);
    await this.tray.assign(files, plan.id);
    return plan.id;
  }

  /** The files go back to the form. */
  async giveUp(plan: Plan): Promise<void> {
    this.plans.delete(plan.id);
    await drop('plans', plan.id);
    await this.tray.assign(this.filesOf(plan), null);
  }

  dismiss(made: Made): void {
    this.made = this.made.filter((one) => one !== made);
    this.tray.changed();
  }

  private filesOf(plan: Plan): TrayFile[] {
    return [...this.tray.files.values()].filter((file) => file.plan === plan.id && !file.leftOut);
  }

  /** Makes what can be made now. */
  work(): void {
    if (this.working || this.plans.size === 0) return;
    clearTimeout(this.timer);
    this.working = true;
    void this.round().finally(() => (this.working = false));
  }

  private later(pause: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.work(), pause);
  }

  private async round(): Promise<void> {
    for (const plan of [...this.plans.values()]) {
      while (!plan.stopped && (await this.step(plan)));
      this.tray.changed();
    }
  }

  /** The files that go in now; none while more are worth waiting for (P2). */
  private dueOf(plan: Plan): TrayFile[] {
    const files = this.filesOf(plan);
    const there = files.filter((file) => file.state === 'arrived');
    if (there.length === 0) return [];
    const waited = Date.now() - (this.since.get(plan.id) ?? this.since.set(plan.id, Date.now()).get(plan.id)!);
    const due = plan.exhibit === null || there.length === files.length || there.length >= most || waited >= gatherFor;
    if (!due) this.later(gatherFor - waited);
    return due ? there.slice(0, most) : [];
  }

  /** One request; true where another one may follow at once. */
  private async step(plan: Plan): Promise<boolean> {
    if (!plan.batch) {
      const files = this.dueOf(plan);
      if (files.length === 0) {
        if (this.filesOf(plan).length === 0) await this.finish(plan);
        return false;
      }
      plan.batch = { key: crypto.randomUUID(), uploads: files.map(({ upload }) => upload!) };
      await put('plans', plan); // P1
    }
    try {
      await this.send(plan);
      this.failures = 0;
      return true;
    } catch (error) {
      return this.failed(plan, error);
    }
  }

  private async send(plan: Plan): Promise<void> {
    const { key, uploads } = plan.batch!;
    const header = { 'Idempotency-Key': key };
    const path = { space: plan.space };
    const exhibit = plan.exhibit
      ? await body(api.POST('/spaces/{space}/evidence/{exhibit}/files', { params: { path: { ...path, exhibit: plan.exhibit }, header }, body: { uploads } }))
      : await body(api.POST('/spaces/{space}/evidence', { params: { path, header }, body: { ...plan.facts!, uploads } }));
    plan.exhibit = exhibit.id;
    plan.number = exhibit.number;
    plan.taken += uploads.length;
    plan.batch = null;
    this.since.delete(plan.id);
    await put('plans', plan);
    const taken = new Set(uploads);
    await this.tray.forget([...this.tray.files.values()].filter((file) => file.upload !== null && taken.has(file.upload)));
  }

  /** True where it is worth going on at once. */
  private async failed(plan: Plan, error: unknown): Promise<boolean> {
    const problem = error instanceof Problem ? error : new Problem({ status: 0 });
    if (problem.status === 0 || problem.status === 401 || problem.status === 429 || problem.status >= 500) {
      this.later(pauses[Math.min(this.failures++, pauses.length - 1)]!);
      return false;
    }
    const asked = plan.batch?.uploads ?? [];
    plan.batch = null;
    if (problem.status === 404 || problem.status === 409) {
      if (await this.lookAgain(asked)) return true;
    }
    plan.stopped = { code: problem.code ?? String(problem.status), detail: problem.details.detail ?? '' };
    await put('plans', plan);
    return false;
  }

  /** Sets right what this browser believed of @uploads; true where it was wrong about one. */
  private async lookAgain(uploads: readonly string[]): Promise<boolean> {
    let wrong = false;
    for (const file of [...this.tray.files.values()].filter(({ upload }) => upload !== null && uploads.includes(upload))) {
      const known = await look(file.upload!).catch(() => undefined);
      if (known?.state === 'arrived') continue;
      wrong = true;
      if (known?.state === 'taken') await this.tray.forget([file]);
      else this.tray.lost(file);
    }
    return wrong;
  }

  private async finish(plan: Plan): Promise<void> {
    this.plans.delete(plan.id);
    this.since.delete(plan.id);
    await drop('plans', plan.id);
    if (plan.exhibit && plan.number && plan.taken > 0) {
      this.made = [...this.made, { exhibit: plan.exhibit, number: plan.number, title: plan.facts?.title ?? '', files: plan.taken, joined: plan.facts === null }];
    }
    this.tray.changed();
  }

  /** What stopped is tried again. */
  retry(plan: Plan): void {
    plan.stopped = undefined;
    this.work();
  }
}
