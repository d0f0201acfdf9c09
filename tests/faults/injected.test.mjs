// The system refuses a call, or the process dies in it: each open, write, sync, rename, link and close of an append, an upload and an
// export in turn. What was acknowledged is there; what was not is wholly there or not at all; the same work goes through afterwards.
//
// strace counts calls by thread: the n-th call fails in each thread that comes so far. So as many n are tried as the busiest thread of
// an undisturbed run made calls, and each call of each thread is met. Files are written by pwrite64 alone; write() only reaches the log
// and the event loop.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { sha256 } from '../support/client.mjs';
import { everyPage } from '../support/expect.mjs';
import { Ground, OCTETS, TUS, sample, seeded } from '../support/ground.mjs';
import { LONG, comity, waitFor } from '../support/node.mjs';

const CALLS = ['openat', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'link', 'close', 'ftruncate', 'fallocate', 'mkdir', 'unlink'];
const FAULTS = ['error=EIO', 'error=ENOSPC', 'signal=SIGKILL'];
const SAMPLE = 40; // of each operation, in ./check
const DEADLY = 'signal=SIGKILL';

let ground;
test.before(async () => (ground = await Ground.create()));
test.after(() => ground.remove());

/** strace on the running node: which calls it makes, and where @point is given, fails one. NULL where nobody may trace. */
async function traced(point) {
  const inject = point ? ['-e', `inject=${point.call}:${point.fault}:when=${point.n}`] : [];
  const out = join(ground.node.folder, 'strace.out');
  const tracer = spawn('strace', ['-f', '-p', String(ground.node.process.pid), '-e', `trace=${CALLS}`, ...inject, '-o', out], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(tracer, 'exit').catch(() => {});
  let said = '';
  tracer.stderr.on('data', (chunk) => (said += chunk));
  const threads = (await readdir(`/proc/${ground.node.process.pid}/task`)).length;
  await waitFor(() => tracer.exitCode !== null || said.split(' attached').length > threads || /attached with \d+ threads/.test(said), 'strace to attach');
  if (tracer.exitCode !== null) return null;
  return {
    /** What was traced. strace may wait for ever for a thread of a process that was killed: it is killed itself then, which lets it go. */
    async end() {
      tracer.kill('SIGINT');
      const late = setTimeout(() => tracer.kill('SIGKILL'), 1000);
      await exited;
      clearTimeout(late);
      return readFile(out, 'utf8');
    },
  };
}

/** Why strace can't be used here; empty: it can. */
async function refusal() {
  try {
    await promisify(execFile)('strace', ['-V']);
  } catch {
    return 'strace is not installed';
  }
  await ground.reset();
  await ground.node.start();
  const tracer = await traced();
  await tracer?.end();
  await ground.node.kill();
  return tracer ? '' : 'strace may not attach to a process here (ptrace is not allowed)';
}

/** How often the busiest thread made each call. */
function counted(text) {
  const most = {};
  const own = {};
  for (const line of text.split('\n')) {
    const [, thread, call] = /^(\d+)\s+(\w+)\(/.exec(line) ?? [];
    if (!call) continue;
    const count = (own[`${thread} ${call}`] = (own[`${thread} ${call}`] ?? 0) + 1);
    most[call] = Math.max(most[call] ?? 0, count);
  }
  return most;
}

/** Work, and what of it was acknowledged is noted in @known as it goes; `check` looks at the node that was started again. */
const OPERATIONS = {
  append: {
    async act(client, known) {
      known.case = await client.post('/cases', { title: known.title });
    },
    async check(client, known, done) {
      const found = (await everyPage(client, '/cases?status=all&limit=200')).filter((item) => item.title === known.title);
      assert.ok(done ? found.length === 1 : found.length <= 1, `${found.length} cases`);
      if (known.case) assert.equal(found[0]?.id, known.case.id, 'the case was acknowledged');
    },
  },
  upload: {
    async act(client, known) {
      known.bytes ??= Buffer.alloc(90_000, 'storm');
      if (!known.place) {
        const metadata = `filename ${btoa('storm.bin')},space ${btoa(ground.opened.id)}`;
        const made = await client.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(known.bytes.length), 'Upload-Metadata': metadata } });
        if (made.status !== 201) throw Object.assign(new Error(JSON.stringify(made.body)), made);
        known.place = made.headers.get('location');
        known.offset = 0;
      }
      const seen = await client.exchange('HEAD', known.place, { headers: TUS });
      let at = seen.status === 410 ? known.bytes.length : Number(seen.headers.get('upload-offset'));
      while (at < known.bytes.length) {
        const answer = await client.exchange('PATCH', known.place, { body: known.bytes.subarray(at, at + 50_000), headers: { ...OCTETS, 'Upload-Offset': String(at) } });
        if (answer.status !== 204) throw Object.assign(new Error(JSON.stringify(answer.body)), answer);
        at = known.offset = Number(answer.headers.get('upload-offset'));
      }
      const id = known.place.split('/').at(-1);
      if ((await client.get(`/uploads/${id}`)).state === 'taken') return;
      known.exhibit = await client.post(`/spaces/${ground.opened.id}/evidence`, { title: known.title, type: 'other', obtained: { how: 'other' }, uploads: [id] });
    },
    async check(client, known, done) {
      const found = (await everyPage(client, `/spaces/${ground.opened.id}/evidence`)).filter((item) => item.title === known.title);
      assert.ok(done ? found.length === 1 : found.length <= 1, `${found.length} exhibits`);
      if (known.exhibit) assert.equal(found[0]?.id, known.exhibit.id, 'the exhibit was acknowledged');
      if (found.length) assert.equal(sha256((await client.fetchFile(ground.opened.id, found[0].id)).body), sha256(known.bytes));
      else if (known.place) {
        const seen = await client.exchange('HEAD', known.place, { headers: TUS });
        assert.ok(seen.status === 410 || Number(seen.headers.get('upload-offset')) >= known.offset, `${known.offset} bytes were acknowledged: ${seen.status}`);
      }
    },
  },
  export: {
    async act(client, known) {
      const ready = await ground.exported(client);
      if (ready.state !== 'ready') throw Object.assign(new Error(ready.detail), { status: 500, body: ready });
      known.ready = ready;
    },
    async check(client, known) {
      for (const item of await everyPage(client, `/spaces/${ground.opened.id}/exports`)) {
        const settled = await waitFor(async () => {
          const seen = await client.get(`/exports/${item.id}`);
          return seen.state !== 'writing' && seen;
        }, 'the package to be written, or given up');
        if (settled.state === 'ready') assert.equal(sha256((await client.exchange('GET', settled.file, { raw: true })).body), settled.sha256);
        if (known.ready?.id === item.id) assert.equal(settled.state, 'ready', 'the package was ready');
      }
    },
  },
};

/** Files that no row names must not stay: what is left of uploads and packages is what the API knows. */
async function nothingIsLeft(client) {
  const packages = new Set((await everyPage(client, `/spaces/${ground.opened.id}/exports`)).map((item) => item.id));
  for (const name of await readdir(join(ground.node.dir, 'exports/packages'))) assert.ok(packages.has(name), `exports/packages/${name} is nobody’s`);
}

async function tried(operation, point) {
  const known = { title: 'In the storm' };
  const client = ground.client();
  await ground.reset();
  await ground.node.start();
  const tracer = await traced(point);
  const failure = await operation.act(client, known).then(() => null, (error) => error);
  const text = await tracer.end();
  // An answer in words, or a line that broke; anything else is this test's own mistake.
  if (failure && failure.status === undefined && point.fault !== DEADLY && !(failure instanceof TypeError)) throw failure;
  if (failure?.status) {
    assert.ok([500, 503, 507].includes(failure.status), `answered ${failure.status}: ${failure.message}`);
    assert.ok(failure.body?.detail, 'the refusal is a sentence');
  }
  if (point.fault === DEADLY && /killed by SIGKILL/.test(text)) await ground.node.exited;
  const alive = ground.node.process.exitCode === null && !ground.node.process.signalCode;
  if (alive) assert.equal((await client.get(`/cases/${ground.opened.id}`)).title, 'Ground', 'reading goes on');
  else assert.equal(ground.node.process.signalCode, 'SIGKILL', `the node ended by itself:\n${ground.node.log}`);
  await ground.node.stop();
  if (alive) assert.equal(ground.node.process.exitCode, 0, ground.node.log);
  await ground.node.start();
  await operation.check(client, known, !failure);
  await nothingIsLeft(client);
  await ground.stands('after the fault');
  const later = failure && known.place ? known : { title: 'After the storm' };
  await operation.act(client, later);
  await operation.check(client, later, true);
  return !alive || /INJECTED/.test(text);
}

for (const [name, operation] of Object.entries(OPERATIONS)) {
  test(`${name}: each call fails once`, { timeout: LONG ? 5_000_000 : 500_000 }, async (t) => {
    const reason = await refusal();
    if (reason) return t.skip(reason);
    await ground.reset();
    await ground.node.start();
    const tracer = await traced();
    await operation.act(ground.client(), { title: 'Undisturbed' });
    const counts = counted(await tracer.end());
    const points = Object.entries(counts).flatMap(([call, most]) => Array.from({ length: most }, (_, i) => FAULTS.map((fault) => ({ call, fault, n: i + 1 }))).flat());
    const chosen = LONG ? points : sample(points, SAMPLE, seeded(name.length));
    const wrong = [];
    let met = 0;
    for (const point of chosen) {
      try {
        met += await tried(operation, point);
      } catch (error) {
        wrong.push(`${point.call} ${point.n} ${point.fault}: ${error.message}\n${ground.node.log.split('\n').filter((line) => / (warning|critical|error) /.test(line)).join('\n')}`);
      }
    }
    t.diagnostic(`${points.length} points (${JSON.stringify(counts)}); ${chosen.length} tried, ${met} met their call`);
    assert.deepEqual(wrong, [], wrong.join('\n---\n'));
    assert.ok(met >= chosen.length / 2, `only ${met} of ${chosen.length} faults happened`);
    await ground.node.kill();
    assert.equal((await comity(['audit', ground.node.dir])).code, 0);
  });
}
