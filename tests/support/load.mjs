// Work that many do at once until the node dies under them, and the memory of what it acknowledged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sha256 } from './client.mjs';
import { everyPage } from './expect.mjs';
import { waitFor } from './node.mjs';

const UPLOADERS = 3;
const APPENDERS = 4;
const TUS = { 'Tus-Resumable': '1.0.0' };
const OCTETS = { ...TUS, 'Content-Type': 'application/offset+octet-stream' };

export class Load {
  static async create(node) {
    const load = Object.assign(new Load(), { node, token: await node.token('Under load', 'all'), number: 0 });
    load.opened = await load.client().openCase({ title: 'Under load' });
    load.cases = new Map();
    load.exhibits = new Map();
    load.packages = new Map();
    load.uploads = Array.from({ length: UPLOADERS }, () => ({}));
    return load;
  }

  client() {
    return Object.assign(this.node.client(), { token: this.token });
  }

  /** Things that were acknowledged so far. */
  count() {
    return this.cases.size + this.exhibits.size;
  }

  /** Works until @more things were acknowledged, then ends the node by `die` in the middle of what is going on. */
  async until(more, die) {
    let stopping = false;
    const work = async (step) => {
      while (!stopping) {
        try {
          await step();
        } catch (error) {
          // A broken line is what this story is about, anything else is a failure.
          if (error.status !== undefined || error instanceof assert.AssertionError || /API description/.test(error.message)) throw error;
          if (!stopping) await new Promise((next) => setImmediate(next));
        }
      }
    };
    const wanted = this.count() + more;
    const steps = [...this.uploads.map((state) => () => this.intake(this.client(), state)), ...Array.from({ length: APPENDERS }, () => () => this.append(this.client())), () => this.export(this.client())];
    const failed = Promise.all(steps.map(work));
    failed.catch(() => {});
    try {
      await Promise.race([failed, waitFor(() => this.count() >= wanted, 'some load', 60_000)]);
      await die();
    } finally {
      stopping = true;
    }
    await failed;
  }

  /** Opens a case: the shortest act. */
  async append(me) {
    const title = `Case ${++this.number} under load`;
    const made = await me.post('/cases', { title });
    this.cases.set(made.id, title);
  }

  /** Sends a file in parts, resuming what was cut off; makes an exhibit of it. */
  async intake(me, state) {
    if (!state.place) {
      state.bytes = randomBytes(20_000 + Math.floor(Math.random() * 180_000));
      const metadata = `filename ${btoa('load.bin')},space ${btoa(this.opened.id)}`;
      const made = await me.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(state.bytes.length), 'Upload-Metadata': metadata } });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      state.place = made.headers.get('location');
      state.acknowledged = 0;
    }
    const seen = await me.exchange('HEAD', state.place, { headers: TUS });
    let offset = seen.status === 410 ? state.bytes.length : Number(seen.headers.get('upload-offset'));
    assert.ok([200, 410].includes(seen.status), `HEAD of an upload: ${seen.status}`);
    assert.ok(offset >= state.acknowledged, `${state.acknowledged} bytes were acknowledged, ${offset} are there`);
    while (offset < state.bytes.length) {
      const part = state.bytes.subarray(offset, offset + 1 + Math.floor(Math.random() * 60_000));
      const answer = await me.exchange('PATCH', state.place, { body: part, headers: { ...OCTETS, 'Upload-Offset': String(offset) } });
      assert.equal(answer.status, 204, JSON.stringify(answer.body));
      offset = state.acknowledged = Number(answer.headers.get('upload-offset'));
    }
    const id = state.place.split('/').at(-1);
    const upload = await me.get(`/uploads/${id}`);
    assert.equal(upload.sha256, sha256(state.bytes), 'what arrived is what was sent');
    if (upload.state !== 'taken') {
      const exhibit = await me.post(`/spaces/${this.opened.id}/evidence`, { title: id, type: 'other', obtained: { how: 'other' }, uploads: [id] });
      this.exhibits.set(exhibit.id, { number: exhibit.number, sha256: upload.sha256 });
    }
    state.place = null;
  }

  /** Has a package written of the newest exhibit. */
  async export(me) {
    const newest = [...this.exhibits.keys()].at(-1);
    if (!newest) return new Promise((next) => setImmediate(next));
    const begun = await me.post(`/spaces/${this.opened.id}/exports`, { exhibits: [newest], readings: false });
    for (let seen = begun; ; seen = await me.get(`/exports/${begun.id}`)) {
      assert.notEqual(seen.state, 'failed', seen.detail);
      if (seen.state === 'ready') return this.packages.set(seen.id, seen.sha256);
    }
  }

  async checkAcknowledged() {
    const me = this.client();
    const cases = new Map((await everyPage(me, '/cases?status=all&limit=200')).map((item) => [item.id, item.title]));
    for (const [id, title] of this.cases) assert.equal(cases.get(id), title, `case ${id} was acknowledged`);
    const exhibits = new Map((await everyPage(me, `/spaces/${this.opened.id}/evidence?limit=200`)).map((item) => [item.id, item]));
    for (const [id, { number: shown }] of this.exhibits) assert.equal(exhibits.get(id)?.number, shown, `exhibit ${id} was acknowledged`);
    const numbers = [...exhibits.values()].map((item) => item.number);
    assert.equal(new Set(numbers).size, numbers.length, 'no number was given twice');
    const packages = new Map((await everyPage(me, `/spaces/${this.opened.id}/exports?limit=200`)).map((item) => [item.id, item]));
    for (const id of this.packages.keys()) assert.equal(packages.get(id)?.state, 'ready', `package ${id} was ready`);
  }

  /** Each byte of each acknowledged exhibit and package. */
  async checkBytes() {
    const me = this.client();
    for (const [id, exhibit] of this.exhibits) assert.equal(sha256((await me.fetchFile(this.opened.id, id)).body), exhibit.sha256, `exhibit ${id}`);
    for (const [id, sum] of this.packages) assert.equal(sha256((await me.exchange('GET', (await me.get(`/exports/${id}`)).file, { raw: true })).body), sum, `package ${id}`);
  }

  /** Sends what was cut off to its end. */
  async finish() {
    for (const state of this.uploads) if (state.place) await this.intake(this.client(), state);
  }
}
