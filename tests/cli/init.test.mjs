// The program by itself: help everywhere, usage errors, and making a node in a folder.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { comity } from '../support/node.mjs';

const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true, force: true }));
let count = 0;
const fresh = () => join(folder, `n${++count}`);
const good = ['--name', 'alv.node.test', '--country', 'AV', '--origin', 'http://localhost:8420'];
const mode = async (path) => ((await stat(path)).mode & 0o777).toString(8);

const COMMANDS = ['init', 'serve', 'invite', 'token create', 'card', 'doctor', 'audit', 'rebuild', 'identity export', 'identity import', 'debug digest', 'debug populate', 'case create', 'case list', 'evidence add', 'evidence list', 'evidence get', 'export', 'verify', 'inspect'];

test('--help tells of every command, and each command tells of itself', async () => {
  const all = await comity(['--help']);
  assert.equal(all.code, 0);
  for (const command of COMMANDS) {
    assert.ok(all.stdout.includes(`  ${command} `), `${command} in --help`);
    const { code, stdout, stderr } = await comity([...command.split(' '), '--help']);
    assert.equal(code, 0, command);
    assert.match(stdout, new RegExp(`comity ${command}`), command);
    assert.equal(stderr, '', command);
  }
  assert.match((await comity(['--version'])).stdout, /^comity \d+\.\d+\.\d+\n$/);
});

test('a usage error is 2, on standard error, and says where help is', async () => {
  for (const args of [[], ['dance'], ['case'], ['case', 'dance'], ['init'], ['init', fresh(), '--colour', 'red'], ['card'], ['card', 'a', 'b'], ['evidence', 'add', 'x'], ['debug', 'populate', fresh(), '--records', 'ten']]) {
    const { code, stdout, stderr } = await comity(args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, /--help/, args.join(' '));
  }
});

test('init makes a folder for its owner alone, and the key beside it, read-only', async () => {
  const dir = fresh();
  const made = await comity(['init', dir, ...good, '--title', 'Prosecution Service']);
  assert.equal(made.code, 0, made.stderr);
  assert.equal(made.stdout, '');
  assert.match(made.stderr, /master key/i);
  assert.equal(await mode(dir), '700');
  assert.equal(await mode(`${dir}.key`), '400');
  const card = (await comity(['card', dir])).stdout;
  assert.match(card, /^comity\/card\/v1\nnode alv\.node\.test\ntitle Prosecution Service\ncountry AV\n/);
  assert.match(card, /\nweb http:\/\/localhost:8420\n/);
  const conf = await readFile(join(dir, 'comity.conf'), 'utf8');
  assert.ok(!conf.includes((await readFile(`${dir}.key`, 'utf8')).trim()));
});

test('init refuses what would last for ever and be wrong', async () => {
  const refusals = [
    [['--name', 'Alv.Node', '--country', 'AV', '--origin', 'http://localhost:1'], /name/i],
    [['--name', 'a b', '--country', 'AV', '--origin', 'http://localhost:1'], /name/i],
    [['--name', 'x'.repeat(101), '--country', 'AV', '--origin', 'http://localhost:1'], /name/i],
    [['--name', '', '--country', 'AV', '--origin', 'http://localhost:1'], /name/i],
    [['--name', 'alv.node.test', '--country', 'Alvaria', '--origin', 'http://localhost:1'], /country|letters/i],
    [['--name', 'alv.node.test', '--country', 'av', '--origin', 'http://localhost:1'], /country|letters/i],
    [['--name', 'alv.node.test', '--country', 'AV', '--origin', 'localhost'], /origin|https/i],
    [['--name', 'alv.node.test', '--country', 'AV', '--origin', 'https://x.example/path'], /origin|path/i],
    [['--name', 'alv.node.test', '--country', 'AV', '--origin', 'http://x.example'], /https/i],
    [['--name', 'alv.node.test', '--country', 'AV'], /origin/i],
  ];
  for (const [args, reason] of refusals) {
    const dir = fresh();
    const { code, stderr } = await comity(['init', dir, ...args]);
    assert.ok([1, 2].includes(code), `${args.join(' ')}: ${code}`);
    assert.match(stderr, reason, args.join(' '));
    await assert.rejects(stat(dir), `nothing is left of ${args.join(' ')}`);
    await assert.rejects(stat(`${dir}.key`));
  }
});

test('init never writes over anything', async () => {
  const dir = fresh();
  assert.equal((await comity(['init', dir, ...good])).code, 0);
  const key = await readFile(`${dir}.key`);
  const again = await comity(['init', dir, ...good]);
  assert.equal(again.code, 1);
  assert.ok((await readFile(`${dir}.key`)).equals(key));
  const full = fresh();
  await mkdir(full);
  await writeFile(join(full, 'letter.txt'), 'mine');
  assert.equal((await comity(['init', full, ...good])).code, 0);
  assert.equal(await readFile(join(full, 'letter.txt'), 'utf8'), 'mine');
  const broken = fresh();
  await mkdir(broken);
  await writeFile(join(broken, 'keyring'), 'of a node whose comity.conf is lost');
  assert.equal((await comity(['init', broken, ...good])).code, 1);
  assert.equal(await readFile(join(broken, 'keyring'), 'utf8'), 'of a node whose comity.conf is lost');
  const keyed = fresh();
  await writeFile(`${keyed}.key`, 'somebody’s');
  const { code } = await comity(['init', keyed, ...good]);
  assert.ok([1, 2].includes(code));
  assert.equal(await readFile(`${keyed}.key`, 'utf8'), 'somebody’s');
});

test('the master key may lie elsewhere: the node remembers where, and only that one opens it', async () => {
  const dir = fresh();
  const key = join(folder, 'elsewhere.key');
  assert.equal((await comity(['init', dir, ...good, '--master-key-file', key])).code, 0);
  await assert.rejects(stat(`${dir}.key`));
  assert.equal(await mode(key), '400');
  assert.equal((await comity(['card', dir, '--master-key-file', key])).code, 0);
  assert.equal((await comity(['card', dir])).code, 0, 'comity.conf says where');
  const other = join(folder, 'other.key');
  await comity(['init', fresh(), ...good, '--master-key-file', other]);
  const wrong = await comity(['card', dir, '--master-key-file', other]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /key/i);
  await chmod(key, 0o644);
  const open = await comity(['card', dir, '--master-key-file', key]);
  assert.equal(open.code, 1, 'a key that others can read is none');
  await chmod(key, 0o400);
});

test('a passphrase may be the master key', async () => {
  const dir = fresh();
  const secret = join(folder, 'passphrase');
  await writeFile(secret, 'correct horse battery staple\n', { mode: 0o600 });
  const env = { ...process.env, COMITY_PASSPHRASE_FILE: secret };
  const made = await comity(['init', dir, ...good, '--passphrase'], { env });
  assert.equal(made.code, 0, made.stderr);
  assert.equal((await comity(['card', dir], { env })).code, 0);
  assert.notEqual((await comity(['card', dir], { stdio: 'ignore' })).code, 0, 'what lies beside it is not enough');
  const wrong = join(folder, 'wrong');
  await writeFile(wrong, 'incorrect horse battery staple\n', { mode: 0o600 });
  assert.equal((await comity(['card', dir], { env: { ...process.env, COMITY_PASSPHRASE_FILE: wrong } })).code, 1);
  const short = join(folder, 'short');
  await writeFile(short, 'short\n', { mode: 0o600 });
  assert.notEqual((await comity(['init', fresh(), ...good, '--passphrase'], { env: { ...process.env, COMITY_PASSPHRASE_FILE: short } })).code, 0);
});

test('a folder that is no node says so', async () => {
  for (const command of [['card'], ['doctor'], ['audit'], ['rebuild'], ['debug', 'digest'], ['serve']]) {
    const { code, stdout, stderr } = await comity([...command, join(folder, 'nothing')]);
    assert.equal(code, 1, command.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /no node/i);
  }
});
