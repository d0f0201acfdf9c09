// A real node on a fresh data directory: made, served, invited into, killed, started again.
import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Authenticator } from './authenticator.mjs';
import { Client } from './client.mjs';
import { Contract } from './openapi.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');
export const COMITY = process.env.COMITY ?? join(ROOT, 'build/comity');
export const SHARED = process.env.COMITY_SHARED ?? resolve(ROOT, '../shared');
export const LONG = process.env.COMITY_LONG === '1';

/** Runs the program: {code, stdout, stderr}. */
export async function comity(args, options = {}) {
  try {
    const { stdout, stderr } = await promisify(execFile)(COMITY, args, { maxBuffer: 1 << 28, ...options });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (error.code === undefined || typeof error.code === 'string') throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits until `probe` gives something true; fails with `what` after `ms`. */
export async function waitFor(probe, what, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

export class TestNode {
  static async create({ name = 'alv.node.test', title = 'Prosecution Service of Alvaria', country = 'AV', folder } = {}) {
    const node = new TestNode();
    node.folder = folder ?? (await mkdtemp(join(tmpdir(), 'comity-test-')));
    await mkdir(node.folder, { recursive: true });
    node.dir = join(node.folder, 'data');
    node.port = await freePort();
    node.origin = `http://localhost:${node.port}`;
    node.name = name;
    const made = await comity(['init', node.dir, '--name', name, '--title', title, '--country', country, '--origin', node.origin]);
    if (made.code !== 0) throw new Error(`init: ${made.stderr}`);
    return node;
  }

  async start(extra = [], { wrapper = [], env = {} } = {}) {
    this.log = '';
    const [program, ...args] = [...wrapper, COMITY, 'serve', this.dir, '--listen', `localhost:${this.port}`, ...extra];
    this.process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.process.stdout.on('data', (chunk) => (this.log += chunk));
    this.process.stderr.on('data', (chunk) => (this.log += chunk));
    this.exited = once(this.process, 'exit');
    await waitFor(async () => {
      if (this.process.exitCode !== null || this.process.signalCode) throw new Error(`the node ended at once:\n${this.log}`);
      return fetch(`${this.origin}/healthz`).then((answer) => answer.ok, () => false);
    }, 'the node to answer', 60_000);
    if (!this.contract) this.contract = new Contract(await (await fetch(`${this.origin}/api/v1/openapi.json`)).json());
    return this;
  }

  async stop(signal = 'SIGTERM') {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode) return;
    this.process.kill(signal);
    await this.exited;
  }

  kill() {
    return this.stop('SIGKILL');
  }

  /** Stops the node as an operator would, which must end well, and removes its folder. */
  async remove() {
    const running = this.process && this.process.exitCode === null && !this.process.signalCode;
    const late = running && setTimeout(() => this.process.kill('SIGKILL'), 30_000);
    await this.stop();
    clearTimeout(late);
    await rm(this.folder, { recursive: true, force: true });
    if (running && this.process.exitCode !== 0) throw new Error(`the node ended with ${this.process.signalCode ?? this.process.exitCode}:\n${this.log}`);
  }

  async run(...args) {
    const done = await comity(args);
    if (done.code !== 0) throw new Error(`comity ${args.join(' ')}: ${done.code}\n${done.stderr}\n${this.log ?? ''}`);
    return done.stdout.trim();
  }

  /** The one-time link of a new person. */
  invite(name, roles = [], admin = false) {
    return this.run('invite', this.dir, '--name', name, ...roles.flatMap((role) => ['--role', role]), ...(admin ? ['--admin'] : []));
  }

  token(person, ...scopes) {
    return this.run('token', 'create', this.dir, '--person', person, ...scopes.flatMap((scope) => ['--scope', scope]));
  }

  /** A client that nobody is signed in with. */
  client() {
    return new Client(this);
  }

  async machine(person = 'Intake station', ...scopes) {
    const client = this.client();
    client.token = await this.token(person, ...(scopes.length ? scopes : ['all']));
    return client;
  }

  /** A person who enrolled through the link and is signed in, with a passkey at hand. */
  async person(name, roles = ['investigator'], admin = false) {
    const client = this.client();
    client.authenticator = new Authenticator(this.origin);
    await client.enrol(new URL(await this.invite(name, roles, admin)).hash.slice(1));
    return client;
  }
}

/** Starts a node for a test file and removes it afterwards. */
export async function withNode(test, options) {
  const node = await TestNode.create(options);
  await node.start();
  test.after(() => node.remove());
  return node;
}
