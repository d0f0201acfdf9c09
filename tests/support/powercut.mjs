// Cuts the power of a node that runs on the disk of powercut.c: what is on it afterwards is what was synced, and of the rest what
// chance leaves.
import { cp, link, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preload } from './preload.mjs';

const SECTOR = 512;
/** A file, whatever its name: its number and its moment of birth, as powercut.c writes them. */
const keyOf = (about) => `${about.ino}-${about.birthtimeNs}`;
const orNothing = (promise) => promise.catch(() => null);

/** All that lies below @folder: {path, key, kind}. */
async function everything(folder, path = '') {
  const list = [];
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const inside = join(path, entry.name);
    const kind = entry.isDirectory() ? 'd' : entry.isFile() ? 'f' : 's';
    list.push({ path: inside, name: entry.name, key: keyOf(await stat(join(folder, inside), { bigint: true })), kind });
    if (kind === 'd') list.push(...(await everything(folder, inside)));
  }
  return list;
}

export class Disk {
  /** @dir: the data directory, of a node that is stopped. */
  static async create(node) {
    const disk = Object.assign(new Disk(), { dir: node.dir, durable: node.dir + '.durable', boot: node.dir + '.boot', writes: node.dir + '.writes', boots: 0 });
    disk.env = { LD_PRELOAD: await preload(node.folder, 'powercut.c'), COMITY_TEST_DISK: disk.dir, COMITY_TEST_DURABLE: disk.durable, COMITY_TEST_BOOT: disk.boot };
    await disk.#begin();
    return disk;
  }

  /** What lies there now is durable, and the system has just started. */
  async #begin() {
    await rm(this.durable, { recursive: true, force: true });
    await mkdir(this.durable);
    await writeFile(this.boot, `00000000-0000-4000-8000-${String(++this.boots).padStart(12, '0')}\n`);
    const list = await everything(this.dir);
    const names = new Map([['.', []]]);
    for (const item of list) {
      const folder = item.path.includes('/') ? item.path.slice(0, item.path.lastIndexOf('/')) : '.';
      names.get(folder).push(`${item.kind} ${item.key} ${item.name}\n`);
      if (item.kind === 'd') names.set(item.path, []);
      if (item.kind === 'f') await cp(join(this.dir, item.path), join(this.durable, `f-${item.key}`));
    }
    for (const [folder, lines] of names) await writeFile(join(this.durable, `d-${keyOf(await stat(join(this.dir, folder), { bigint: true }))}`), lines.join(''));
  }

  /** The names that were synced in the folder @key: name -> {kind, key}. */
  async #names(key) {
    const text = (await orNothing(readFile(join(this.durable, `d-${key}`), 'utf8'))) ?? '';
    const lines = text.split('\n').filter(Boolean).map((line) => /^(.) (\S+) (.*)$/.exec(line));
    return new Map(lines.map(([, kind, key, name]) => [name, { kind, key }]));
  }

  /** The names in the folder @key after the cut: those that were synced; of changes that were not, @keeps says which are there. */
  async #namesAfter(key, now, keeps) {
    const synced = await this.#names(key);
    const after = new Map();
    for (const name of new Set([...synced.keys(), ...now.keys()])) {
      const chosen = synced.get(name)?.key === now.get(name)?.key || !keeps() ? synced.get(name) : now.get(name);
      if (chosen && chosen.kind !== 's') after.set(name, chosen);
    }
    return after;
  }

  /** The bytes of a file after the cut: sector by sector the synced ones, or where @keeps says so those written since. */
  #bytesAfter(synced, now, keeps) {
    const length = keeps() ? Math.max(synced.length, now.length) : synced.length;
    const out = Buffer.alloc(length);
    synced.copy(out);
    for (let at = 0; at < now.length && at < length; at += SECTOR) if (keeps()) now.copy(out, at, at, Math.min(at + SECTOR, now.length));
    return now.length < synced.length && keeps() ? out.subarray(0, now.length) : out;
  }

  /** The node was killed; the power goes. @keeps: of each thing that was not synced, is it there all the same? */
  async cut(keeps) {
    const list = await everything(this.dir);
    const paths = new Map(list.map((item) => [item.key, join(this.dir, item.path)]));
    const beside = this.dir + '.after';
    const done = new Set();
    const build = async (key, from, to) => {
      await mkdir(to, { mode: 0o700 });
      const now = new Map(from === null ? [] : list.filter((item) => item.path === join(from, item.name)).map((item) => [item.name, item]));
      for (const [name, item] of await this.#namesAfter(key, now, keeps)) {
        const path = join(to, name);
        const known = paths.get(item.key);
        if (item.kind === 'd') await build(item.key, known ? known.slice(this.dir.length + 1) : null, path);
        else if (known) await link(known, path); // the same file: its number, its birth, its attributes
        if (item.kind === 'd' || done.has(item.key)) continue;
        done.add(item.key);
        const synced = (await orNothing(readFile(join(this.durable, `f-${item.key}`)))) ?? Buffer.alloc(0);
        await writeFile(path, known ? this.#bytesAfter(synced, await readFile(known), keeps) : synced);
      }
    };
    await build(keyOf(await stat(this.dir, { bigint: true })), '', beside);
    await rm(this.dir, { recursive: true });
    await rename(beside, this.dir);
    await this.#begin();
  }

  /** How long the notes on writes are. */
  async written() {
    return (await orNothing(stat(this.writes)))?.size ?? 0;
  }

  /** Every write to uploads and packages since the beginning, in order: {file, at, bytes}. */
  async readWrites() {
    const log = await readFile(this.writes);
    const list = [];
    for (let at = 0; at < log.length; ) {
      const file = log.toString('latin1', at, log.indexOf(0, at));
      const offset = Number(log.readBigUInt64LE(at + 64));
      const length = Number(log.readBigUInt64LE(at + 72));
      list.push({ file, at: offset, bytes: log.subarray(at + 80, at + 80 + length) });
      at += 80 + length;
    }
    return list;
  }
}
