// A stolen disk yields nothing: words that were given to the node are in no file of its data directory nor in a temporary one, while it
// runs, after a kill, and after a crash, which writes no core file; keys lie in locked pages alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
/** Where the node is told to put temporary files, and where it would leave a core file. */
const temporary = join(node.folder, 'temporary');
await mkdir(temporary);
await node.stop();
const start = () => node.start([], { wrapper: ['bash', '-c', 'cd "$0"; ulimit -c unlimited; exec "$@"', temporary], env: { TMPDIR: temporary, SQLITE_TMPDIR: temporary } });
await start();
const MARK = 'Zwergkiefernharz';
const words = (what) => `${MARK} ${what} Ωμέγα`;

/** MARK in every spelling in which a disk might hold it. */
const NEEDLES = [
  ['UTF-8', Buffer.from(MARK)],
  ['UTF-16LE', Buffer.from(MARK, 'utf16le')],
  ['UTF-16BE', Buffer.from(MARK, 'utf16le').swap16()],
  ['lower case', Buffer.from(MARK.toLowerCase())],
  ['upper case', Buffer.from(MARK.toUpperCase())],
  // Three cuts of base64: at each of the places where a group may begin.
  ...[0, 1, 2].map((skip) => [`base64 (${skip})`, Buffer.from(Buffer.from(MARK).subarray(skip).toString('base64').slice(0, 16))]),
  ['hexadecimal', Buffer.from(Buffer.from(MARK).toString('hex'))],
];

/** Every file of the data directory and of the temporary one, and what the process has open without a name. */
async function* files() {
  for (const folder of [node.dir, temporary]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
  const descriptors = `/proc/${node.process.pid}/fd`;
  for (const name of await readdir(descriptors).catch(() => [])) yield join(descriptors, name);
}

async function search(where) {
  let seen = 0;
  for await (const path of files()) {
    const handle = await open(path, 'r').catch(() => null);
    if (!handle) continue;
    const regular = (await handle.stat()).isFile();
    const bytes = regular ? await handle.readFile() : Buffer.alloc(0);
    await handle.close();
    seen += regular;
    for (const [how, needle] of NEEDLES) assert.equal(bytes.indexOf(needle), -1, `${where}: ${path} holds the marker in ${how}`);
  }
  assert.ok(seen >= 5, `${seen} files were searched`);
}

test('the search finds what is there', async () => {
  const text = Buffer.concat(NEEDLES.map(([, needle]) => needle));
  for (const [how, needle] of NEEDLES) assert.notEqual(text.indexOf(needle), -1, how);
});

test('nothing that a person wrote or sent is in a file of the data directory', async () => {
  const mira = await node.person(words('person'), ['investigator', 'prosecutor'], true);
  const opened = await mira.openCase({ reference: MARK, title: words('title'), offence: words('offence'), summary: words('summary').repeat(20) });
  const content = Buffer.concat([Buffer.from(words('content').repeat(4000)), Buffer.from(words('wide').repeat(4000), 'utf16le')]);
  const exhibit = await mira.addExhibit(opened.id, { [`${MARK}.txt`]: content }, { title: words('exhibit'), description: words('description') });
  await mira.confirm(await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { seal_number: MARK, reason: words('seal') }));
  await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/readings`, { what: 'opened', files: [1], reason: words('reason') });
  await mira.post('/invitations', { name: words('invited'), title: words('office'), affiliation: words('body'), roles: ['clerk'], admin: false });
  await mira.post('/tokens', { name: words('token'), scopes: ['cases:read'] });
  await mira.exchange('POST', '/cases', { body: { title: words('kept answer') }, headers: { 'Idempotency-Key': MARK } });

  const asked = await mira.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: true, purpose: words('purpose') });
  const begun = await mira.confirm(asked);
  await waitFor(async () => (await mira.get(`/exports/${begun.id}`)).state === 'ready', 'the package');

  // Half an upload: whole chunks on the disk, a tail in a row.
  const metadata = `filename ${Buffer.from(`${MARK}.bin`).toString('base64')},space ${btoa(opened.id)},relative_path ${Buffer.from(`${MARK}/x`).toString('base64')}`;
  const made = await mira.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(content.length), 'Upload-Metadata': metadata } });
  const half = content.subarray(0, 70_001);
  await mira.exchange('PATCH', made.headers.get('location'), { body: half, headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' } });
  await search('while it runs');

  // What is refused is written nowhere either.
  await mira.exchange('POST', '/cases', { body: { title: words('refused').repeat(100) } });
  await mira.exchange('GET', `/cases?q=${encodeURIComponent(MARK)}`);
  await mira.exchange('GET', `/cases?${encodeURIComponent(MARK)}=1`);
  assert.ok(!node.log.includes(MARK), 'nor does the log hold it');

  await node.kill();
  await search('after a kill');
  await start();
  await search('started again');
  await mira.get('/cases'); // words in memory, as a crash would find them
  await node.stop('SIGABRT');
  assert.equal(node.process.signalCode, 'SIGABRT');
  assert.deepEqual((await readdir(temporary)).filter((name) => name.startsWith('core')), []);
  await search('after a crash');
  await start();
  await node.stop();
  await search('stopped');
});

test('another program that crashes there does leave a core file, or this machine sends them elsewhere', async (t) => {
  const control = join(node.folder, 'control');
  await mkdir(control);
  await new Promise((done) => execFile('bash', ['-c', 'ulimit -c unlimited; sleep 60 & kill -ABRT $!; wait $!; exit 0'], { cwd: control }, done));
  const left = (await readdir(control)).filter((name) => name.startsWith('core'));
  if (left.length === 0) t.diagnostic(`no core file either: ${(await readFile('/proc/sys/kernel/core_pattern', 'utf8')).trim()}; what follows still holds`);
});

test('the process may not be dumped, and its keys lie in locked pages alone', async (t) => {
  await start();
  const proc = `/proc/${node.process.pid}`;
  assert.match(await readFile(`${proc}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
  const locked = Number(/^VmLck:\s+(\d+) kB$/m.exec(await readFile(`${proc}/status`, 'utf8'))[1]);
  assert.ok(locked >= 8, `${locked} kB locked`);
  const maps = await readFile(`${proc}/smaps`, 'utf8').catch((error) => error.code);
  if (process.getuid() !== 0) {
    assert.equal(maps, 'EACCES', 'who may be dumped is read by its own user');
    return;
  }
  const text = (await readFile(node.dir + '.key', 'utf8')).trim();
  const key = Buffer.from(text, /^[0-9a-f]+$/.test(text) ? 'hex' : 'base64');
  assert.equal(key.length, 32);
  const memory = await open(`${proc}/mem`, 'r');
  let found = 0;
  for (const part of maps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(part);
    if (!rights.startsWith('rw') && !rights.startsWith('r--p') || /\[(vvar|vsyscall|vdso)/.test(part)) continue;
    const bytes = Buffer.alloc(Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)));
    const { bytesRead } = await memory.read(bytes, 0, bytes.length, BigInt(`0x${from}`)).catch(() => ({ bytesRead: 0 }));
    for (const [how, needle] of [['as bytes', key], ['as text', Buffer.from(text)]]) {
      const at = bytes.subarray(0, bytesRead).indexOf(needle);
      if (at < 0) continue;
      assert.match(part, /^VmFlags:.* lo\b/m, `the master key lies ${how} in a page that may be swapped out: ${part.split('\n')[0]}`);
      found++;
    }
  }
  await memory.close();
  assert.ok(found > 0, 'the search finds the key where it must be');
  t.diagnostic(`${locked} kB locked; the master key lies in ${found} places, all locked`);
  await node.stop();
});

test('no key lies where it protects, and no secret of a session or token on the disk', async () => {
  const key = (await readFile(node.dir + '.key', 'utf8')).trim();
  await start();
  const token = await node.token('Robot', 'all');
  const mira = await node.person('Jon Arvik', ['prosecutor']);
  const secrets = [key, Buffer.from(key, /^[0-9a-f]+$/.test(key) ? 'hex' : 'base64'), token, token.slice(5), mira.cookie.split('=')[1]];
  await node.kill();
  for (const entry of await readdir(node.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const secret of secrets) assert.equal(bytes.indexOf(secret), -1, entry.name);
  }
  assert.ok(secrets.every((secret) => !node.log.includes(secret.toString('latin1'))));
});
