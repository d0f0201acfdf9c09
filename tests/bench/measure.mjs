// How things are timed: commands as whole processes with their processor time, servers by what they used meanwhile, in rounds.
import { execFile, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '../support/node.mjs';

export const PROGRAMS = process.env.BENCH_PROGRAMS;
export const program = (name) => join(PROGRAMS, `bench-${name}`);
const TICK = 100; // USER_HZ, as /proc has it

export const folder = await mkdtemp(join(process.env.TMPDIR ?? tmpdir(), 'comity-bench-'));
const cleanups = [() => rm(folder, { recursive: true, force: true })];
/** Run in the opposite order when all is over, however it ends. */
export const cleanup = (what) => cleanups.push(what);
export async function cleanUp() {
  while (cleanups.length) await cleanups.pop()();
}
export const at = (name) => join(folder, name);

/** Processor seconds that a process and its children have used so far. */
export function cpuOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children].reduce((sum, each) => {
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) / TICK;
  }, 0);
}

/** Runs a command: {wall, cpu, rss (KiB), out}. `servers`: pids whose processor time counts too. `okay`: exit codes. */
export async function timed(command, args, { servers = [], okay = [0], env = {} } = {}) {
  const report = at('time');
  const before = servers.map(cpuOf);
  let out = '';
  try {
    const done = await promisify(execFile)('/usr/bin/time', ['-q', '-o', report, '-f', '%e %U %S %M', command, ...args], {
      maxBuffer: 1 << 28,
      env: { ...process.env, ...env },
    });
    out = done.stdout;
  } catch (error) {
    if (!okay.includes(error.code)) throw new Error(`${command} ${args.join(' ')}: ${error.code}\n${error.stderr ?? error}`);
    out = error.stdout;
  }
  const [wall, user, system, rss] = (await readFile(report, 'utf8')).trim().split('\n').at(-1).split(' ').map(Number);
  const used = servers.reduce((sum, pid, n) => sum + cpuOf(pid) - before[n], 0);
  return { wall, cpu: user + system + used, rss, out };
}

const sorted = (values) => values.toSorted((a, b) => a - b);
export const median = (values) => {
  const all = sorted(values);
  return all.length % 2 ? all[(all.length - 1) / 2] : (all[all.length / 2 - 1] + all[all.length / 2]) / 2;
};

/** Runs each of `candidates` once a round, in turn, after one round that isn't counted: {name: [result, ...]}. */
export async function rounds(count, candidates, { warm = true } = {}) {
  const results = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = warm ? -1 : 0; round < count; round++)
    for (const [name, run] of Object.entries(candidates)) {
      const result = await run();
      if (round >= 0) results[name].push(result);
    }
  return results;
}

/** One ratio a round. */
export const ratios = (results, over, under, of = (result) => result) => results[over].map((result, n) => of(result) / of(results[under][n]));

/** A line of the table. `least`: the figure must be at least the bar; otherwise at most. Without a bar it only informs. */
export const row = (what, against, values, { bar, goal, least = false, unit = 'x', note = '' } = {}) => ({ what, against, values, bar, goal, least, unit, note });

/** A server on 127.0.0.1, stopped at the end. Its process. */
export async function serve(command, args, port, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], ...options });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  cleanup(() => {
    child.kill();
    return child.exitCode === null ? new Promise((done) => child.once('exit', done)) : undefined;
  });
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`${command} ended at once:\n${log}`);
    return new Promise((done) => connect(port, '127.0.0.1').once('connect', function () { this.destroy(); done(true); }).once('error', () => done(false)));
  }, `${command} to listen`);
  return child;
}

/** How a node is started whose log goes to a file, as nginx's does: reading it from a pipe would cost a third process time. */
export const quietly = (options = {}) => ({ ...options, wrapper: ['sh', '-c', `exec "$@" 2>>${at('node.log')}`, 'sh'] });

/** nginx with uploads below /dav/, the files of the folder, and one answer of `body` at /text. {pid, origin}. */
export async function nginx(port, body) {
  await writeFile(
    at('nginx.conf'),
    `daemon off; pid ${at('nginx.pid')}; error_log ${at('nginx.err')}; worker_processes 2; ${process.getuid() === 0 ? 'user root;' : ''}
events { worker_connections 4096; }
http { access_log ${at('access.log')}; client_max_body_size 0; client_body_temp_path ${at('body')}; keepalive_requests 100000000; default_type application/json;
  server { listen 127.0.0.1:${port};
    location / { root ${folder}; }
    location /text { return 200 '${body}'; }
    location /dav/ { root ${folder}; dav_methods PUT DELETE; } } }`,
  );
  const child = await serve('nginx', ['-e', at('nginx.err'), '-c', at('nginx.conf')], port);
  return { pid: child.pid, origin: `http://127.0.0.1:${port}` };
}

/** Requests a second by wrk, and a second of processor time of `server` (a pid). @throws where an answer is an error. */
export async function wrk(url, { seconds = 2, clients = 64, headers = {}, script, server } = {}) {
  const before = server ? cpuOf(server) : 0;
  const args = ['-t1', `-c${clients}`, `-d${seconds}s`, ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), ...(script ? ['-s', script] : []), url];
  const { stdout } = await promisify(execFile)('wrk', args);
  const wrong = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(stdout);
  if (wrong) throw new Error(`${url}: ${wrong[0]}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)[1]);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), requests, work: server ? requests / (cpuOf(server) - before) : 0 };
}

/** The environment that counts a process's syncs, and makes each slower by `ms`; and how many there were. */
export function syncs(ms = 0) {
  const file = at(`syncs-${ms}`);
  const fd = openSync(file, 'w');
  ftruncateSync(fd, 8);
  closeSync(fd);
  return {
    env: { LD_PRELOAD: join(PROGRAMS, 'libbench-syncs.so'), BENCH_SYNCS: file, ...(ms ? { BENCH_SYNC_MS: String(ms) } : {}) },
    count: () => Number(readFileSync(file).readBigInt64LE()),
  };
}

/** Memory of a process in MB: what it has of its own and its share of the rest, or all that it maps where that isn't told. */
export function memoryOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    text = readFileSync(`/proc/${pid}/status`, 'utf8').replace('VmRSS', 'Pss');
  }
  return (Number(/^Pss:\s+(\d+)/m.exec(text)[1]) * 1024) / 1e6;
}
/** The most that it ever held, in MB. */
export const peakOf = (pid) => (Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024) / 1e6;
