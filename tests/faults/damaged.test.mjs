// Damaged nodes, one in each way: what the operator reads, from which command, with which exit code; and docs/operations.md says the
// same. A node that can't be trusted is not served; one that can is, and `comity audit` names what is wrong.
// COMITY_WRITE_DOCS=1 writes the table there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { Ground } from '../support/ground.mjs';
import { ROOT, TestNode, comity } from '../support/node.mjs';

const run = promisify(execFile);
const DOCS = join(ROOT, 'docs/operations.md');
const [BEGIN, END] = ['<!-- damages: made by tests/faults/damaged -->\n', '<!-- /damages -->'];
const BACKUP = 'Restore the data directory from a backup';
const FILE = 'Put the file back below blobs/ from a backup, under the same name; its record and its hash stand.';
const NO_FOLDER = 'is no folder. Move it away, and put the folder back from a backup if files were in it.';
const MALFORMED = 'The database is damaged, or was made under another master key';

let ground, other, dir, key;
test.before(async () => {
  ground = await Ground.create();
  other = await TestNode.create({ name: 'other.node.test' });
  dir = ground.node.dir;
  key = dir + '.key';
});
test.after(async () => {
  await ground.remove();
  await other.remove();
});

const at = (name) => join(dir, name);
const replace = async (path, bytes, mode) => {
  await rm(path, { force: true });
  await writeFile(path, bytes, { mode });
};
/** One bit, @offset bytes from the beginning, or from the end. */
const flip = async (path, offset) => {
  const bytes = await readFile(path);
  bytes[offset < 0 ? bytes.length + offset : offset] ^= 1;
  await writeFile(path, bytes);
};
const cut = async (path, left) => truncate(path, left < 0 ? (await stat(path)).size + left : left);
const blob = async () => {
  const files = (await readdir(at('blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return join(files[0].parentPath, files[0].name);
};
const configured = async (change) => replace(at('comity.conf'), change(await readFile(at('comity.conf'), 'utf8')), 0o600);

/** [what is wrong, how it is made, who says it, exit code, the sentence]; serve refuses to start, audit and doctor look. */
const DAMAGES = [
  ['no comity.conf', () => rm(at('comity.conf')), 'serve', 1, '“DIR” holds a node without its comity.conf. Put that file back from a backup, or write it again.'],
  ['nothing in the folder', () => rm(dir, { recursive: true }).then(() => mkdir(dir)), 'serve', 1, 'There is no node in “DIR”; “comity init” makes one.'],
  ['comity.conf can’t be read as settings', () => configured(() => 'these are no settings'), 'serve', 1, 'reading “DIR/comity.conf”: Key file contains line “these are no settings” which is not a key-value pair, group, or comment.'],
  ['an unknown setting', () => configured((text) => text + 'colour=red\n'), 'serve', 1, 'reading “DIR/comity.conf”: There is no setting “colour” in group [node]; the nearest is “country” in [node].'],
  ['a setting is missing', () => configured((text) => text.replace(/^name=.*\n/m, '')), 'serve', 1, 'reading “DIR/comity.conf”: The setting “name” in group [node] is missing.'],
  ['comity.conf of another node', () => configured((text) => text.replace(/^name=.*$/m, 'name=other.node.test')), 'serve', 1, '“DIR/comity.conf” names the node “other.node.test”, but the data directory is that of “alv.node.test”. A node keeps its name for ever: write it into the file again.'],
  ['no master key', () => rm(key), 'serve', 1, "The master key is not at “DIR.key”; without it this node can't be read. Put the file back, or name it with --master-key-file."],
  ['master key of another node', () => cp(other.dir + '.key', key), 'serve', 1, 'opening the keyring “DIR/keyring”: What was encrypted as “keyring” does not open: it is damaged, or the key is another. Use the master key of this data directory, or put the keyring back from a backup.'],
  ['master key that others can read', () => chmod(key, 0o644), 'serve', 1, 'loading the master key from “DIR.key”: The master key file “DIR.key” can be read by others; take that away with “chmod 0400”.'],
  ['garbled master key', () => replace(key, 'hello', 0o400), 'serve', 1, 'loading the master key from “DIR.key”: The master key file “DIR.key” is neither 64 lower-case hex digits nor made for a passphrase.'],
  ['no keyring', () => rm(at('keyring')), 'serve', 1, "opening the keyring “DIR/keyring”: opening “DIR/keyring”: No such file or directory. The node's signing keys are in it: put it back from a backup."],
  ['flipped keyring', () => flip(at('keyring'), 60), 'serve', 1, 'opening the keyring “DIR/keyring”: What was encrypted as “keyring” does not open: it is damaged, or the key is another. Use the master key of this data directory, or put the keyring back from a backup.'],
  ['truncated keyring', () => cut(at('keyring'), 20), 'serve', 1, 'opening the keyring “DIR/keyring”: What was encrypted as “keyring” does not open: it is damaged, or the key is another. Use the master key of this data directory, or put the keyring back from a backup.'],
  ['no database', () => rm(at('database')), 'serve', 1, `opening the database: opening the database “DIR/database”: No such file or directory. ${BACKUP}: the node then goes on in a new epoch.`],
  ['empty database', () => cut(at('database'), 0), 'serve', 1, `opening the database: opening “DIR/database”: “DIR/database” is no Comity database, or its first 24 bytes are damaged. ${BACKUP}: the node then goes on in a new epoch.`],
  ['database cut in half', async () => cut(at('database'), Math.floor((await stat(at('database'))).size / 8192) * 4096), 'serve', 1, `opening the database: opening “DIR/database”: ${MALFORMED} (executing: database disk image is malformed). ${BACKUP}: the node then goes on in a new epoch.`],
  ['database cut inside its last page', () => cut(at('database'), -100), 'audit', 1, `database.page  database: The database file “DIR/database” ends inside a page, after N bytes. ${BACKUP}; the node then goes on in a new epoch.`],
  ['database of another node', () => cp(join(other.dir, 'database'), at('database')), 'serve', 1, `opening the database: opening “DIR/database”: ${MALFORMED} (executing: file is not a database). ${BACKUP}: the node then goes on in a new epoch.`],
  ['a flipped bit in the database’s last page', () => flip(at('database'), -500), 'audit', 1, `database.page  database: Page N of the database (byte N of the file) is damaged. ${BACKUP}; the node then goes on in a new epoch.`],
  ['no high-water file', () => rm(at('highwater')), 'doctor', 0, 'The database is an older copy than this node has had, or was moved (no_high_water): every feed goes on in a new epoch.'],
  ['garbled high-water file', () => writeFile(at('highwater'), 'garbage'), 'serve', 1, '“DIR/highwater” is no high-water file, or its head is damaged. Move it away and start the node again: it then goes on in a new epoch.'],
  ['a flipped bit in the high-water file', () => flip(at('highwater'), 140), 'audit', 1, 'highwater.damaged  highwater: The high-water file is damaged at byte N: what one feed had reached is uncertain. The next record in the feed writes its mark again.'],
  ['high-water file that lost its marks', () => cut(at('highwater'), 128), 'audit', 1, 'highwater.missing  LANE/EPOCH: The high-water file does not know this feed: it was cut off, or put back from a copy. The next record in the feed writes its mark again.'],
  ['high-water file ahead of the database', behind, 'doctor', 0, 'The database is an older copy than this node has had, or was moved (behind): every feed goes on in a new epoch.'],
  ['a missing blob', async () => rm(await blob()), 'audit', 1, `blob.missing  blobs/NAME: opening the blob “NAME”: No such file or directory. ${FILE}`],
  ['a truncated blob', async () => cut(await blob(), 1000), 'audit', 1, `blob.damaged  blobs/NAME: The encrypted file is damaged in chunk N. ${FILE}`],
  ['an empty blob', async () => cut(await blob(), 0), 'audit', 1, `blob.damaged  blobs/NAME: The encrypted file is damaged: its length is that of no file, the end is missing. ${FILE}`],
  ['a flipped bit in a blob', async () => flip(await blob(), 5000), 'audit', 1, `blob.damaged  blobs/NAME: The encrypted file is damaged in chunk N. ${FILE}`],
  ['another file in a blob’s place', swapped, 'audit', 1, `blob.damaged  blobs/NAME: The file's head does not fit its key: it is damaged, or belongs to another file. ${FILE}`],
  ['a file where a folder belongs', () => rm(at('blobs'), { recursive: true }).then(() => writeFile(at('blobs'), '')), 'serve', 1, `“DIR/blobs” ${NO_FOLDER}`],
  ['a folder where the control socket belongs', () => mkdir(at('control.sock')), 'serve', 1, 'the control socket needs its place “DIR/control.sock”, move away what lies there: Is a directory'],
  ['the node is served already', () => ground.node.start(), 'serve', 1, 'taking the node in “DIR”: “DIR/lock” is in use by another process.'],
  ['a data directory that can’t be written', readOnly, 'serve', 1, 'taking the node in “DIR”: opening “DIR/lock”: Read-only file system'],
  // Harmless: nothing is said, and the node is what it was.
  ['a socket left behind by a killed process', () => ground.node.start().then(() => ground.node.kill()), 'audit', 0, ''],
  ['an orphan blob (the daily sweep removes it)', () => mkdir(at('blobs/ab'), { recursive: true }).then(() => writeFile(at('blobs/ab/ab' + '0'.repeat(62)), 'x')), 'audit', 0, ''],
  ['an orphan upload (the daily sweep removes it)', () => writeFile(at('uploads/01a21092-75f0-7000-8000-000000000000'), 'x'), 'audit', 0, ''],
  ['no folder of uploads or packages (made again)', () => rm(at('uploads'), { recursive: true }).then(() => rm(at('exports'), { recursive: true })), 'audit', 0, ''],
  ['a package that is missing or damaged (export again)', async () => rm(join(at('exports/packages'), (await readdir(at('exports/packages')))[0])), 'audit', 0, ''],
];

/** The database as it was, and a high-water file that has seen one more case. */
async function behind() {
  const database = await readFile(at('database'));
  await ground.node.start();
  await ground.client().openCase();
  await ground.node.stop();
  await writeFile(at('database'), database);
}

async function swapped() {
  const [name] = await readdir(at('exports/packages'));
  await writeFile(await blob(), await readFile(at(`exports/packages/${name}`)));
}

/** FALSE where this user may not mount. */
async function readOnly() {
  try {
    await run('mount', ['--bind', dir, dir]);
  } catch {
    return false;
  }
  await run('mount', ['-o', 'remount,ro,bind', dir]);
  return true;
}

/** @text without what differs from node to node. */
const plain = (text) =>
  text
    .replaceAll(dir, 'DIR')
    .replace(/^comity \w+: /gm, '')
    .replace(/\b[0-9a-f]{8}\/[0-9a-f]{16}\b/g, 'LANE/EPOCH')
    .replace(/\bblobs\/[0-9a-f]{16}\b/g, 'blobs/NAME')
    .replace(/\b[0-9a-f]{64}\b/g, 'NAME')
    .replace(/\b(Page|byte|after|chunk) \d+/g, '$1 N');

for (const [what, make, who, code, says] of DAMAGES) {
  test(what, async (t) => {
    await ground.reset();
    const made = await make();
    if (made === false) return t.skip('no right to mount');
    t.after(() => made === true && run('umount', ['-l', dir]));
    const done = await comity([who, dir, ...(who === 'serve' ? ['--listen', 'localhost:0'] : [])], { timeout: 60_000, env: { ...process.env, LC_ALL: 'C' } });
    const lines = plain(done.stdout + done.stderr).split('\n');
    assert.equal(done.code, code, lines.join('\n'));
    if (says) assert.equal(lines[0], says);
    else assert.match(lines[0], /^\d+ feeds, \d+ records, \d+ files \(\d+ bytes\), \d+ anchors checked: 0 damaged\.$/);
    if (who === 'serve') return;
    // What audit and doctor tell of does not keep the node from being served, nor from keeping what is whole.
    await ground.node.start();
    assert.equal((await ground.client().get(`/cases/${ground.opened.id}`)).title, 'Ground');
  });
}

test('docs/operations.md says the same', async () => {
  const words = { serve: 'each command, `serve` too', audit: '`comity audit`', doctor: 'log, `comity doctor`' };
  const rows = DAMAGES.map(([what, , who, code, says]) => `| ${what} | ${words[who]}${code ? `, exit ${code}` : ''} | ${says ? says.replaceAll('|', '\\|') : 'nothing'} |\n`);
  const table = `| what is wrong | who says it | what you read |\n|---|---|---|\n${rows.join('')}`;
  const text = await readFile(DOCS, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  assert.ok(from > 0 && to > from, 'the marks are there');
  if (process.env.COMITY_WRITE_DOCS === '1') await writeFile(DOCS, text.slice(0, from + BEGIN.length) + table + text.slice(to));
  else assert.equal(text.slice(from + BEGIN.length, to), table);
});
