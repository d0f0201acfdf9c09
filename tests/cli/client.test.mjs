// The program as a client of a node: cases, evidence and exports by script, with a token in a file.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { comity, withNode } from '../support/node.mjs';

const node = await withNode(test);
const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true, force: true }));
const tokenFile = join(folder, 'token');
await writeFile(tokenFile, (await node.token('Intake station', 'all')) + '\n', { mode: 0o600 });
const at = ['--server', node.origin, '--token-file', tokenFile];
const ID = /^[0-9a-f-]{36}\n$/;

async function file(name, bytes) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}
/** Runs a client command that must succeed; its standard output. */
async function done(...args) {
  const { code, stdout, stderr } = await comity([...args, ...at]);
  assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}
async function fails(code, reason, ...args) {
  const seen = await comity([...args]);
  assert.equal(seen.code, code, `${args.join(' ')}: ${seen.stderr}`);
  assert.equal(seen.stdout, '', args.join(' '));
  assert.match(seen.stderr, reason, args.join(' '));
}

const space = (await done('case', 'create', 'Harbour hotel', '--reference', '2026/114', '--offence', 'Trafficking')).trim();

test('case create prints the id alone; case list shows it, for people and for programs', async () => {
  assert.match(await done('case', 'create', 'Another'), ID);
  const lines = (await done('case', 'list')).trim().split('\n');
  assert.equal(lines.length, 2);
  assert.ok(lines.includes([space, '2026/114', 'open', 'Harbour hotel'].join('\t')), lines.join('\n'));
  const items = JSON.parse(await done('case', 'list', '--json'));
  assert.deepEqual(items.find((item) => item.id === space).title, 'Harbour hotel');
});

test('evidence add makes one exhibit a file, --together one of all; ids alone on standard output', async () => {
  const [a, b] = [await file('a.txt', 'Letter A\n'), await file('b.bin', randomBytes(100_000))];
  const ids = (await done('evidence', 'add', space, a, b, '--description', 'From the desk', '--how', 'search', '--when', '2026-11-12', '--by', 'T. Reny', '--language', 'en', '--language', 'ar')).trim().split('\n');
  assert.equal(ids.length, 2);
  const together = (await done('evidence', 'add', space, a, b, '--together', '--title', 'Both', '--type', 'message_export')).trim();
  assert.match(together + '\n', ID);
  const items = JSON.parse(await done('evidence', 'list', space, '--json'));
  assert.deepEqual(items.map((item) => [item.number, item.title, item.type, item.files]), [
    ['A-0001', 'a.txt', 'document', 1],
    ['A-0002', 'b.bin', 'other', 1],
    ['A-0003', 'Both', 'message_export', 2],
  ]);
  assert.equal(items[0].obtained.when, '2026-11-12T00:00:00.000Z');
  assert.deepEqual(items[0].languages, ['en', 'ar']);
  assert.equal((await done('evidence', 'list', space)).trim().split('\n').length, 3);
});

test('evidence get fetches byte for byte; several files want a number or a folder', async () => {
  const items = JSON.parse(await done('evidence', 'list', space, '--json'));
  const [single, both] = [items[1].id, items[2].id];
  const out = join(folder, 'out.bin');
  assert.equal(await done('evidence', 'get', space, single, '-o', out), '');
  assert.ok((await readFile(out)).equals(await readFile(join(folder, 'b.bin'))));
  assert.equal((await stat(out)).mode & 0o077, 0, 'evidence is for its owner’s eyes');
  await fails(2, /--file|FOLDER/, 'evidence', 'get', space, both, '-o', join(folder, 'x'), ...at);
  await fails(2, /-o/, 'evidence', 'get', space, both, ...at);
  await fails(2, /--file|files/, 'evidence', 'get', space, both, '-o', join(folder, 'x'), '--file', '3', ...at);
  await done('evidence', 'get', space, both, '-o', join(folder, 'one.txt'), '--file', '1');
  assert.equal(await readFile(join(folder, 'one.txt'), 'utf8'), 'Letter A\n');
  await done('evidence', 'get', space, both, '-o', join(folder, 'all') + '/');
  const names = (await readdir(join(folder, 'all'))).toSorted();
  assert.deepEqual(names, ['001-a.txt', '002-b.bin']);
  await fails(1, /./, 'evidence', 'get', space, '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa', '-o', out + '2', ...at);
  await assert.rejects(stat(out + '2'), 'nothing is left of what failed');
});

test('a name that was chosen by somebody else stays in the folder', async () => {
  const machine = await node.machine('Odd names', 'all');
  const opened = await machine.openCase();
  const exhibit = await machine.addExhibit(opened.id, { '../../escape.txt': Buffer.from('out?'), '.': Buffer.from('dot'), 'a/b': Buffer.from('slash') });
  const token = join(folder, 'odd-token');
  await writeFile(token, machine.token);
  const target = join(folder, 'deep', 'er') + '/';
  await mkdir(join(folder, 'deep'));
  const { code, stderr } = await comity(['evidence', 'get', opened.id, exhibit.id, '-o', target, '--server', node.origin, '--token-file', token]);
  assert.equal(code, 0, stderr);
  assert.equal((await readdir(target)).length, 3);
  assert.deepEqual(await readdir(join(folder, 'deep')), ['er']);
});

test('export writes a package that verifies; chosen exhibits only, where they are named', async () => {
  const whole = join(folder, 'whole.zip');
  const { code, stdout, stderr } = await comity(['export', space, '-o', whole, ...at]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /comity verify/);
  assert.equal((await comity(['verify', whole])).code, 3);
  const card = await file('own.card', (await comity(['card', node.dir])).stdout);
  const verified = await comity(['verify', whole, '--trust', card, '--json']);
  assert.equal(verified.code, 0, verified.stdout);
  JSON.parse(verified.stdout);
  const items = JSON.parse(await done('evidence', 'list', space, '--json'));
  const part = join(folder, 'part.zip');
  await done('export', space, '--exhibit', items[0].id, '--exhibit', items[2].id, '--readings', '-o', part);
  assert.equal((await comity(['verify', part])).code, 3);
  await fails(1, /exhibit/, 'export', space, '--exhibit', '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa', '-o', part + '2', ...at);
  await fails(2, /-o/, 'export', space, ...at);
});

test('a token for exporting alone exports', async () => {
  const narrow = join(folder, 'narrow');
  await writeFile(narrow, await node.token('Intake station', 'export'));
  const zip = join(folder, 'narrow.zip');
  const { code, stderr } = await comity(['export', space, '-o', zip, '--server', node.origin, '--token-file', narrow]);
  assert.equal(code, 0, stderr);
  await fails(1, /scope/i, 'case', 'list', '--server', node.origin, '--token-file', narrow);
});

test('where the node is and who one is may come from the environment', async () => {
  const env = { ...process.env, COMITY_SERVER: node.origin + '/', COMITY_TOKEN_FILE: tokenFile };
  const { code, stdout } = await comity(['case', 'list'], { env });
  assert.equal(code, 0);
  assert.match(stdout, /Harbour hotel/);
});

test('what is missing or wrong is said, with the code that people expect', async () => {
  await fails(2, /--server/, 'case', 'list');
  await fails(2, /--token-file/, 'case', 'list', '--server', node.origin);
  await fails(1, /nowhere/, 'case', 'list', '--server', node.origin, '--token-file', join(folder, 'nowhere'));
  const empty = await file('empty', '');
  await fails(2, /token/, 'case', 'list', '--server', node.origin, '--token-file', empty);
  const wrong = await file('wrong', 'cmty_' + 'A'.repeat(49));
  await fails(1, /./, 'case', 'list', '--server', node.origin, '--token-file', wrong);
  await fails(1, /No line to/, 'case', 'list', '--server', 'http://localhost:1', '--token-file', tokenFile);
  await fails(1, /open/, 'evidence', 'add', space, join(folder, 'missing.txt'), ...at);
  await fails(1, /no file/, 'evidence', 'add', space, folder, ...at);
  await fails(2, /time/, 'evidence', 'add', space, join(folder, 'a.txt'), '--when', 'yesterday', ...at);
  await fails(1, /./, 'evidence', 'add', '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa', join(folder, 'a.txt'), ...at);
  await fails(1, /./, 'evidence', 'add', space, join(folder, 'a.txt'), '--type', 'sword', ...at);
});

/** Passes everything on to the node, but breaks the line once instead of bringing back the answer to the first PATCH. */
async function losesAnAnswer() {
  const line = { lost: 0 };
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: `localhost:${node.port}` };
    const onward = request({ host: 'localhost', port: node.port, method: asked.method, path: asked.url, headers }, (came) => {
      if (asked.method === 'PATCH' && line.lost++ === 0) return came.resume().on('end', () => answer.destroy());
      answer.writeHead(came.statusCode, came.headers);
      came.pipe(answer);
    });
    asked.pipe(onward.on('error', () => answer.destroy()));
  }).listen(0, 'localhost');
  await once(server, 'listening');
  test.after(() => server.close());
  return Object.assign(line, { origin: `http://localhost:${server.address().port}` });
}

test('a file that had arrived whole is not lost with the answer that said so', async () => {
  const line = await losesAnAnswer();
  const path = await file('whole.bin', randomBytes(100_000));
  const { code, stdout, stderr } = await comity(['evidence', 'add', space, path, '--server', line.origin, '--token-file', tokenFile]);
  assert.equal(code, 0, stderr);
  assert.equal(line.lost, 1, 'sent once');
  assert.match(stderr, /line broke/);
  const out = join(folder, 'whole.out');
  await done('evidence', 'get', space, stdout.trim(), '-o', out);
  assert.ok((await readFile(out)).equals(await readFile(path)));
});
