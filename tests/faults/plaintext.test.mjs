// A stolen disk yields nothing: words that were given to the node are in no file of its data directory, while it runs and after a kill.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
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

async function search(where) {
  let files = 0;
  for (const entry of await readdir(node.dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch((error) => assert.equal(error.code, 'ENOENT', path));
    if (!bytes) continue;
    files++;
    for (const [how, needle] of NEEDLES) assert.equal(bytes.indexOf(needle), -1, `${where}: ${entry.name} holds the marker in ${how}`);
  }
  assert.ok(files >= 5, `${files} files were searched`);
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
  await node.start();
  await search('started again');
  await node.stop();
  await search('stopped');
});

test('no key lies where it protects, and no secret of a session or token on the disk', async () => {
  const key = (await readFile(node.dir + '.key', 'utf8')).trim();
  await node.start();
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
