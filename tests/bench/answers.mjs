// Small answers, memory with many listeners, starting, and lists: what must not grow with the records.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { TestNode, waitFor } from '../support/node.mjs';
import { at, cleanup, folder, memoryOf, nginx, program, quietly, ratios, rounds, row, wrk } from './measure.mjs';

const PORT = 19872;
const LISTENERS = 1000;
const rate = (result) => result.rate;
const work = (result) => result.work;

async function fresh(name) {
  const node = await TestNode.create({ name: 'bench.test', folder: `${folder}/${name}` });
  cleanup(() => node.remove());
  return node;
}

/** A node with a case of `records` records, not served. */
async function filled(records) {
  const node = await fresh(`filled-${records}`);
  await node.start([], quietly());
  const client = await node.machine();
  node.client = client;
  node.space = (await client.openCase()).id;
  await node.stop();
  await promisify(execFile)(program('populate'), [node.dir, node.space, String(records)]);
  return node;
}
const kept = new Map();
const nodeOf = (records) => {
  if (!kept.has(records)) kept.set(records, filled(records));
  return kept.get(records);
};

export async function read({ rounds: count }) {
  const node = await fresh('read');
  await node.start([], quietly());
  const client = await node.machine();
  const { id: space } = await client.openCase();
  const answer = JSON.stringify(await client.get(`/cases/${space}`));
  await writeFile(at('fixed.json'), answer);
  const health = await (await fetch(`${node.origin}/healthz`)).text();
  const server = await nginx(PORT, health);
  const page = (await (await fetch(`${node.origin}/`)).text()).match(/\/assets\/[^"]+\.js/)[0];
  await writeFile(at('static.js'), Buffer.from(await (await fetch(node.origin + page)).arrayBuffer()));
  const theirs = (path) => wrk(`${server.origin}/${path}`, { server: server.pid });
  const ours = (path, more) => wrk(node.origin + path, { headers: more, server: node.process.pid });
  const results = await rounds(count, {
    text: () => theirs('text'),
    health: () => ours('/healthz', {}),
    fixed: () => theirs('fixed.json'),
    read: () => ours(`/api/v1/cases/${space}`, { Authorization: `Bearer ${client.token}` }),
    file: () => theirs('static.js'),
    script: () => ours(page, { 'Accept-Encoding': 'identity' }),
  });
  await node.stop();
  const pair = (what, against, over, under, limits) => [
    row(what, against, ratios(results, over, under, rate), { ...limits, least: true }),
    row('the same, a second of processor time of the server', 'the same', ratios(results, over, under, work)),
  ];
  return [
    ...pair('a case, read by who may (token, space, row)', 'nginx, the same bytes from a file', 'read', 'fixed', { bar: 0.35, goal: 0.5 }),
    ...pair('health', 'nginx, `return 200` with the same text', 'health', 'text', { bar: 0.8, goal: 0.95 }),
    ...pair('a file of the web app', 'nginx, the same file', 'script', 'file', { bar: 0.8, goal: 0.95 }),
  ];
}

/** A live event stream; resolves when its first bytes came. */
function listen(node, token) {
  return new Promise((open, fail) => {
    const asked = request(`${node.origin}/api/v1/events`, { agent: false, headers: { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' } });
    asked.once('response', (answer) => {
      if (answer.statusCode !== 200) fail(new Error(`an event stream was answered ${answer.statusCode}`));
      answer.resume();
      answer.on('error', () => {});
      open(asked);
    });
    asked.on('error', fail);
    asked.end();
  });
}

export async function memory({ quick }) {
  const records = quick ? 10_000 : 100_000;
  const node = await nodeOf(records);
  await node.start([], quietly());
  await node.client.get(`/spaces/${node.space}/records`);
  const idle = memoryOf(node.process.pid);
  const streams = [];
  for (let n = 0; n < LISTENERS; n += 10) streams.push(...(await Promise.all(Array.from({ length: 10 }, () => listen(node, node.client.token)))));
  const live = memoryOf(node.process.pid);
  for (const stream of streams) {
    stream.on('error', () => {});
    stream.destroy();
  }
  await node.stop();
  const spoken = records.toLocaleString('en');
  return [
    row(`memory of a node with ${spoken} records`, '-', [idle], { bar: 24, unit: ' MB' }),
    row(`the same with ${LISTENERS.toLocaleString('en')} live event streams`, '-', [live], { bar: 48, goal: 32, unit: ' MB' }),
  ];
}

/** Milliseconds from exec until the node answers. */
async function startOnce(node) {
  const began = process.hrtime.bigint();
  const child = spawn(process.env.COMITY, ['serve', node.dir, '--listen', `localhost:${node.port}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  const ready = new Promise((done, fail) => {
    child.stderr.on('data', (chunk) => (log += chunk).includes('Serving') && done());
    child.once('exit', () => fail(new Error(`the node ended:\n${log}`)));
  });
  await ready;
  const took = Number(process.hrtime.bigint() - began) / 1e6;
  await waitFor(() => fetch(`${node.origin}/healthz`).then((answer) => answer.ok, () => false), 'an answer');
  child.removeAllListeners('exit');
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  return took;
}

/** Requests a second for the newest page of records, one client. */
const page = (node) => wrk(`${node.origin}/api/v1/spaces/${node.space}/records`, { clients: 1, seconds: 1, headers: { Authorization: `Bearer ${node.client.token}` } });

export async function start({ quick, rounds: count }) {
  const [less, more] = quick ? [10_000, 100_000] : [100_000, 1_000_000];
  const small = await nodeOf(less), large = await nodeOf(more);
  const starts = await rounds(count, { small: () => startOnce(small), large: () => startOnce(large) });
  await small.start([], quietly());
  await large.start([], quietly());
  const pages = await rounds(count, { small: () => page(small), large: () => page(large) });
  await small.stop();
  await large.stop();
  const [fewer, many] = [less, more].map((records) => records.toLocaleString('en'));
  return [
    row(`cold start with ${fewer} records`, '-', starts.small, { bar: 100, goal: 30, unit: ' ms' }),
    row(`cold start with ${many} records`, `with ${fewer}`, ratios(starts, 'large', 'small'), { bar: 1.2 }),
    row(`the newest page of ${many} records, time`, `of ${fewer}`, ratios(pages, 'small', 'large', rate), { bar: 1.2 }),
  ];
}
