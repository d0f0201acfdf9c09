// Ground for a fault: a node with a case, an exhibit and a package, stopped, of which any number of tries begin afresh. Its high-water
// file stays the same one, written over: another file under that name would be the sign of an old copy.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from './client.mjs';
import { TestNode, comity, waitFor } from './node.mjs';

export const TUS = { 'Tus-Resumable': '1.0.0' };
export const OCTETS = { ...TUS, 'Content-Type': 'application/offset+octet-stream' };

/** Numbers below 1 that are the same in each run: mulberry32. */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @count of @items, always the same ones; all of them where @count is not less. */
export function sample(items, count, random) {
  const left = [...items];
  if (count >= left.length) return left;
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
}

export class Ground {
  static async create() {
    const ground = new Ground();
    const node = (ground.node = await TestNode.create());
    await node.start();
    node.contract.mayFail = true;
    const machine = await node.machine('Intake station', 'all');
    ground.token = machine.token;
    ground.opened = await machine.openCase({ title: 'Ground' });
    ground.bytes = randomBytes(70_000);
    ground.exhibit = await machine.addExhibit(ground.opened.id, { 'kept.bin': ground.bytes });
    ground.package = await ground.exported(machine);
    await node.stop();
    await link(join(node.dir, 'highwater'), node.dir + '.highwater');
    await writeFile(node.dir + '.master', await readFile(node.dir + '.key'));
    ground.kept = node.dir + '.kept';
    await cp(node.dir, ground.kept, { recursive: true, preserveTimestamps: true });
    return ground;
  }

  client() {
    return Object.assign(this.node.client(), { token: this.token });
  }

  /** A package of the whole case, written. */
  async exported(client) {
    const begun = await client.post(`/spaces/${this.opened.id}/exports`, { exhibits: null, readings: false });
    return waitFor(async () => {
      const seen = await client.get(`/exports/${begun.id}`);
      return seen.state !== 'writing' && seen;
    }, 'the package');
  }

  /** Data directory and master key as they were when the ground was made. */
  async reset() {
    await this.node.kill();
    const { dir } = this.node;
    await rm(dir, { recursive: true, force: true });
    await rm(dir + '.key', { recursive: true, force: true });
    await cp(this.kept, dir, { recursive: true, filter: (path) => !path.endsWith('/highwater') });
    await link(dir + '.highwater', join(dir, 'highwater'));
    await writeFile(join(dir, 'highwater'), await readFile(join(this.kept, 'highwater')));
    await writeFile(dir + '.key', await readFile(dir + '.master'), { mode: 0o400 });
  }

  /** What was there before any fault is there, to the byte, and nothing is damaged. The node runs. */
  async stands(what) {
    const client = this.client();
    assert.equal((await client.get(`/cases/${this.opened.id}`)).title, 'Ground', what);
    assert.equal(sha256((await client.fetchFile(this.opened.id, this.exhibit.id)).body), sha256(this.bytes), what);
    const audit = await comity(['audit', this.node.dir]);
    assert.equal(audit.code, 0, `${what}: ${audit.stdout}${audit.stderr}`);
  }

  async remove() {
    await this.node.kill();
    await rm(this.node.folder, { recursive: true, force: true });
  }
}
