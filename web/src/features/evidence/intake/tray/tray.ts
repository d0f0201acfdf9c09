// The tray of a case: files on their way in. It lives outside the pages, so that leaving one stops nothing; what it must
// remember over a reload lies in this browser's storage and with the node.
//   T1  At most three files move at once: the browser has six lines to a node, and people want to go on working.
//   T2  A file is sent by one tab at a time; the tab that takes over asks the node first how far it has come.
//   T3  Pages are told four times a second at most, however many files there are.
import { api } from '../../../../api/client';
import { all, drop, get, put } from './db';
import type { Gathered } from './gather';
import { askAgain, fileOf } from './handles';
import { Plans } from './plans';
import { Rates } from './rates';
import { restore } from './restore';
import { empty, groupsOf, type Snapshot } from './snapshot';
import { type Arrived, giveUp, modifiedOf, Transfer } from './transfer';
import type { Cause, StoredFile, TrayFile } from './types';

const mostAtOnce = 3; // T1
const tellEvery = 250; // T3
const lineAgain = 30_000;

const printOf = ({ path, size }: { path: string; size: number }) => `${path}\n${size}`;

export class Tray {
  readonly files = new Map<string, TrayFile>();
  readonly plans: Plans;
  private readonly byPrint = new Map<string, TrayFile[]>();
  private readonly bySum = new Map<string, string>();
  private readonly queue = new Set<string>();
  private readonly active = new Map<string, AbortController>();
  private readonly rates = new Rates();
  private readonly listeners = new Set<() => void>();
  private snapshot: Snapshot = empty;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = 0;
  private gone = 0;
  private gathering = 0;
  private twice = 0;
  private paused = false;
  private ready = false;
  private free: TrayFile[] | null = null;
  private lineTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly restoring: Promise<void>;

  constructor(readonly space: string) {
    this.plans = new Plans(this);
    window.addEventListener('online', () => this.lineIsBack());
    window.addEventListener('beforeunload', (event) => {
      // What lies in a file system that gives no way back would have to be chosen again.
      const lost = [...this.files.values()].some((file) => (file.state === 'moving' || file.state === 'waiting') && !file.handle);
      if (lost) event.preventDefault();
    });
    this.restoring = this.load();
  }

  // ---- what pages see ----

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly current = (): Snapshot => this.snapshot;

  /** Something changed: the pages are told soon (T3). */
  readonly changed = (): void => {
    this.timer ??= setTimeout(() => this.tell(), Math.max(0, tellEvery - (performance.now() - this.told)));
  };

  /** Other files than before are of no exhibit yet. */
  private regroup(): void {
    this.free = null;
    this.changed();
  }

  private tell(): void {
    this.timer = undefined;
    this.told = performance.now();
    const groups = groupsOf(this.files.values());
    this.free ??= [...this.files.values()].filter((file) => file.plan === null && !file.leftOut);
    this.rates.update(groups.moving, this.gone);
    const rest = [...groups.moving, ...groups.waiting].reduce((sum, file) => sum + file.size - file.sent, 0);
    this.snapshot = {
      ...groups,
      free: this.free,
      ready: this.ready,
      gathering: this.gathering > 0,
      rate: this.rates.all,
      left: this.rates.all > 0 ? (1000 * rest) / this.rates.all : undefined,
      paused: this.paused,
      twice: this.twice,
      ...this.plans.shown(),
    };
    for (const listener of this.listeners) listener();
    if (groups.moving.length > 0) this.changed(); // rates move on, even while nothing comes
  }

  // ---- coming in ----

  private async load(): Promise<void> {
    const { files, plans } = await restore(this.space);
    for (const file of files) this.keep(file);
    this.plans.load(plans);
    this.ready = true;
    for (const file of files) if (file.state === 'waiting') this.queue.add(file.key);
    for (const file of files) this.compare(file);
    this.pump();
    this.plans.work();
    this.changed();
  }

  private keep(file: TrayFile): void {
    this.free = null;
    this.files.set(file.key, file);
    const print = printOf(file);
    this.byPrint.set(print, [...(this.byPrint.get(print) ?? []), file]);
  }

  /** While folders are walked through. */
  async gather(work: Promise<void>): Promise<void> {
    this.gathering++;
    this.changed();
    await work.catch(() => {});
    this.gathering--;
    this.changed();
  }

  /** New files; or the bytes of those that lie here by name, which go on where they stood. */
  readonly take = (gathered: readonly Gathered[]): void => {
    void this.restoring.then(async () => {
      const fresh: TrayFile[] = [];
      for (const one of gathered) {
        const same = (await this.sameAs(one)) ?? undefined;
        if (!same) fresh.push(this.add(one));
        else if (same.file === undefined && same.state !== 'arrived') this.giveBytes(same, one);
        else this.twice++;
      }
      void put('files', ...fresh.map(stored));
      const roots = new Map(gathered.flatMap(({ root }) => (root ? [[root.id, { ...root, space: this.space }]] : [])));
      void put('roots', ...roots.values());
      this.pump();
      this.changed();
    });
  };

  /** The one here with the same place, size and time. What only the node knows of is asked for its time. */
  private async sameAs({ file, path }: Gathered): Promise<TrayFile | undefined> {
    for (const one of this.byPrint.get(printOf({ path, size: file.size })) ?? []) {
      if (!this.files.has(one.key)) continue;
      if (one.modified === null && one.upload && one.state !== 'arrived') one.modified = await modifiedOf(one.upload).catch(() => null);
      if (one.modified === null ? one.state === 'arrived' : one.modified === file.lastModified) return one;
    }
    return undefined;
  }

  private add({ file, path, handle, root }: Gathered): TrayFile {
    const one: TrayFile = {
      key: crypto.randomUUID(), space: this.space, name: file.name, path, size: file.size, modified: file.lastModified, upload: null,
      leftOut: false, kept: false, plan: null, state: 'waiting', sent: 0, rate: 0, file,
      ...(handle ? { handle } : {}),
      ...(root ? { root: root.id } : {}),
    };
    this.keep(one);
    this.queue.add(one.key);
    return one;
  }

  private giveBytes(one: TrayFile, { file, handle, root }: Gathered): void {
    one.file = file;
    one.modified = file.lastModified;
    if (handle) one.handle = handle;
    if (root) one.root = root.id;
    void put('files', stored(one));
    this.again(one);
  }

  // ---- on the way ----

  private pump(): void {
    if (this.paused || !this.ready) return;
    for (const key of this.queue) {
      if (this.active.size >= mostAtOnce) return;
      this.queue.delete(key);
      const file = this.files.get(key);
      if (file?.state === 'waiting') this.begin(file);
    }
  }

  private begin(file: TrayFile): void {
    const stop = new AbortController();
    this.active.set(file.key, stop);
    file.state = 'moving';
    file.cause = undefined;
    file.rate = 0;
    void this.run(file, stop.signal)
      .catch(() => {}) // stopped while it waited for another tab
      .finally(() => {
        if (this.active.get(file.key) === stop) this.active.delete(file.key);
        this.pump();
        this.changed();
      });
    this.changed();
  }

  private async run(file: TrayFile, signal: AbortSignal): Promise<void> {
    const bytes = file.file ?? (await fileOf(file));
    if (signal.aborted) return;
    if (!bytes) return this.breaks(file, 'absent');
    if (bytes.size !== file.size || (file.modified !== null && bytes.lastModified !== file.modified)) {
      // Another file stands at that place now: it is sent from its beginning.
      Object.assign(file, { size: bytes.size, modified: bytes.lastModified, upload: null, sent: 0 });
    }
    file.file = bytes;
    await navigator.locks.request(`comity-upload/${file.key}`, { signal }, async () => { // T2
      file.upload ??= (await get('files', file.key))?.upload ?? null;
      await this.send(file, bytes, signal);
    });
  }

  private send(file: TrayFile, bytes: File, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const transfer = new Transfer(file, bytes, {
        begun: (upload) => {
          file.retrying = false;
          if (file.upload === upload) return;
          file.upload = upload;
          void put('files', stored(file));
        },
        progress: (sent) => {
          if (sent > file.sent) this.gone += sent - file.sent;
          if (sent > file.sent) file.retrying = false;
          file.sent = sent;
          this.changed();
        },
        retrying: () => {
          file.retrying = true;
          this.changed();
        },
        arrived: (upload) => (this.arrives(file, upload), resolve()),
        failed: (cause) => (this.breaks(file, cause), resolve()),
      });
      signal.addEventListener('abort', () => (transfer.stop(), resolve()));
      if (signal.aborted) return resolve();
      void transfer.start();
    });
  }

  private arrives(file: TrayFile, upload: Arrived): void {
    if (upload.state === 'taken') return void this.forget([file]);
    Object.assign(file, {
      state: 'arrived', sent: file.size, retrying: false, file: undefined, upload: upload.id, sha256: upload.sha256, type: upload.type,
      at: Date.now(), expires: upload.expires, duplicate: upload.duplicate_of,
    } satisfies Partial<TrayFile>);
    void put('files', stored(file));
    this.compare(file);
    this.plans.work();
    this.changed();
  }

  /** Two files of the tray with the same bytes: the later one is named. */
  private compare(file: TrayFile): void {
    if (file.state !== 'arrived' || !file.sha256 || file.leftOut) return;
    const twin = this.files.get(this.bySum.get(file.sha256) ?? '');
    if (!twin || twin.leftOut) this.bySum.set(file.sha256, file.key);
    else if (twin !== file) file.duplicate ??= { twin: twin.name };
  }

  private breaks(file: TrayFile, cause: Cause): void {
    file.state = 'broken';
    file.cause = cause;
    file.retrying = false;
    if (cause === 'unreadable') file.file = undefined;
    if (cause === 'signed_out') void api.GET('/me').catch(() => {}); // the app goes to its sign-in page
    if (cause === 'full') this.pause();
    if (cause === 'line') this.lineTimer ??= setTimeout(() => this.lineIsBack(), lineAgain);
    this.changed();
  }

  private lineIsBack(): void {
    clearTimeout(this.lineTimer);
    this.lineTimer = undefined;
    for (const file of this.files.values()) if (file.state === 'broken' && file.cause === 'line') this.again(file);
  }

  // ---- what a person does ----

  private again(file: TrayFile): void {
    file.state = 'waiting';
    file.cause = undefined;
    this.queue.add(file.key);
    this.pump();
    this.changed();
  }

  /** Goes on with a file; true where its bytes must be chosen again. */
  async goOn(file: TrayFile): Promise<boolean> {
    if (!file.file && file.handle) await askAgain(this.space, [file]);
    const bytes = file.file ?? (await fileOf(file));
    if (!bytes) return true;
    file.file = bytes;
    if (file.root) void this.takeUp(file.root);
    this.again(file);
    return false;
  }

  /** All files of a folder that the browser gives again. */
  private async takeUp(root: string): Promise<void> {
    for (const file of this.files.values()) {
      if (file.root !== root || file.state !== 'broken' || file.cause !== 'absent') continue;
      file.file = await fileOf(file);
      if (file.file) this.again(file);
    }
  }

  /** Everything that broke off goes on; true where something must be chosen again. */
  async goOnAll(): Promise<boolean> {
    const broken = [...this.files.values()].filter((file) => file.state === 'broken');
    await askAgain(this.space, broken.filter((file) => !file.file));
    let absent = false;
    for (const file of broken) {
      file.file ??= await fileOf(file);
      if (file.file) this.again(file);
      else absent = true;
    }
    return absent;
  }

  pause(file?: TrayFile): void {
    if (file) {
      file.state = 'paused';
      this.queue.delete(file.key);
      this.active.get(file.key)?.abort();
      this.active.delete(file.key);
      this.pump();
    } else {
      this.paused = true;
      const before = [...this.queue];
      this.queue.clear();
      for (const [key, stop] of this.active) {
        stop.abort();
        const one = this.files.get(key);
        if (one?.state === 'moving') one.state = 'waiting';
        this.queue.add(key);
      }
      this.active.clear();
      for (const key of before) this.queue.add(key);
    }
    this.changed();
  }

  resume(file?: TrayFile): void {
    if (file) this.again(file);
    this.paused = false;
    this.pump();
    this.changed();
  }

  /** Not part of any exhibit; the node keeps its bytes for a week, then they are gone. */
  leaveOut(file: TrayFile, leftOut: boolean): void {
    file.leftOut = leftOut;
    file.kept = !leftOut;
    void put('files', stored(file));
    this.regroup();
  }

  keepBoth(file: TrayFile): void {
    file.kept = true;
    void put('files', stored(file));
    this.changed();
  }

  /** Takes a file that has not arrived out of the tray. */
  remove(file: TrayFile): void {
    this.queue.delete(file.key);
    this.active.get(file.key)?.abort();
    this.active.delete(file.key);
    if (file.upload) void giveUp(file.upload);
    void this.forget([file]);
    this.pump();
  }

  /** Files that an exhibit has taken, or that nobody wants. */
  async forget(files: readonly TrayFile[]): Promise<void> {
    for (const file of files) {
      this.files.delete(file.key);
      const rest = (this.byPrint.get(printOf(file)) ?? []).filter((one) => one !== file);
      if (rest.length > 0) this.byPrint.set(printOf(file), rest);
      else this.byPrint.delete(printOf(file));
    }
    this.regroup();
    await drop('files', ...files.map(({ key }) => key));
    if (this.files.size === 0) await drop('roots', ...(await all('roots', this.space)).map(({ id }) => id));
  }

  /** Gives @files to an exhibit in the making, or takes them back. */
  async assign(files: readonly TrayFile[], plan: string | null): Promise<void> {
    for (const file of files) file.plan = plan;
    this.regroup();
    await put('files', ...files.map(stored));
  }

  /** The node no longer holds what it held of @file: it is sent again where its bytes can be had. */
  lost(file: TrayFile): void {
    Object.assign(file, { upload: null, sent: 0, sha256: undefined, state: 'broken', cause: 'absent' } satisfies Partial<TrayFile>);
    void put('files', stored(file));
    this.changed();
  }
}

export function stored(file: TrayFile): StoredFile {
  const { key, space, name, path, size, modified, upload, handle, root, leftOut, kept, plan } = file;
  return { key, space, name, path, size, modified, upload, leftOut, kept, plan, ...(handle ? { handle } : {}), ...(root ? { root } : {}) };
}

const trays = new Map<string, Tray>();

/** The one tray of a case in this tab. */
export function trayOf(space: string): Tray {
  let tray = trays.get(space);
  if (!tray) trays.set(space, (tray = new Tray(space)));
  return tray;
}
