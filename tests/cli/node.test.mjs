// Administering a node from the command line: alone, and through the process that serves it.
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { TestNode, comity, waitFor } from '../support/node.mjs';

const node = await TestNode.create();
test.after(() => node.remove());
const run = (...args) => comity([...args.slice(0, args.length), ...[]]);
const on = (command, ...more) => run(...command.split(' '), node.dir, ...more);

/** The same story twice: while nobody serves the node, and through control.sock. */
for (const served of [false, true]) {
  const how = served ? 'served' : 'alone';

  test(`${how}: start`, async () => {
    if (served) await node.start();
  });

  test(`${how}: invite prints the link alone; words go to standard error`, async () => {
    const { code, stdout, stderr } = await on('invite', '--name', `Mira ${how}`, '--role', 'investigator', '--role', 'prosecutor');
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${node.origin}/enrol#[A-Za-z0-9_-]{43}\\n$`));
    assert.match(stderr, /once/);
    assert.equal((await on('invite')).code, 2);
    assert.notEqual((await on('invite', '--name', 'X', '--role', 'king')).code, 0);
    assert.notEqual((await on('invite', '--name', 'X')).code, 0, 'who has no role could do nothing');
    assert.equal((await on('invite', '--name', `Admin ${how}`, '--admin')).code, 0);
  });

  test(`${how}: token create prints the token alone`, async () => {
    const { code, stdout, stderr } = await on('token create', '--person', 'Night import', '--scope', 'cases:read', '--scope', 'evidence:write');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^cmty_[A-Za-z0-9_-]+\n$/);
    assert.equal((await on('token create', '--person', 'X')).code, 2);
    assert.equal((await on('token create', '--scope', 'all')).code, 2);
    const unknown = await on('token create', '--person', 'X', '--scope', 'cases:burn');
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr, /scope/i);
  });

  test(`${how}: card, doctor, audit, digest`, async () => {
    const card = await on('card');
    assert.equal(card.code, 0);
    const path = join(node.folder, `${how}.card`);
    await writeFile(path, card.stdout);
    assert.equal(JSON.parse((await comity(['inspect', path, '--json'])).stdout).kind, 'card');

    const doctor = await on('doctor');
    assert.equal(doctor.code, 0, doctor.stderr);
    assert.equal(doctor.stdout, '', 'words are no output');
    assert.match(doctor.stderr, /master key/i);
    const findings = JSON.parse((await on('doctor', '--json')).stdout);
    assert.equal(findings.node, node.name);
    assert.equal(findings.ok, true);
    assert.ok(findings.findings.some((one) => one.code === 'master_key.same_disk'));

    const audit = await on('audit');
    assert.equal(audit.code, 0, audit.stdout + audit.stderr);
    assert.equal(audit.stdout, '');
    const report = JSON.parse((await on('audit', '--json')).stdout);
    assert.equal(report.clean, true);
    assert.ok(report.records > 3);
    assert.match((await on('debug digest')).stdout, /^[0-9a-f]{64}\n$/);
  });
}

test('rebuild needs the node alone, and says so', async () => {
  const { code, stdout, stderr } = await on('rebuild');
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /Stop .*serve/);
});

test('a second server on the same node is refused; the first goes on', async () => {
  const { code, stderr } = await comity(['serve', node.dir, '--listen', 'localhost:0']);
  assert.equal(code, 1);
  assert.match(stderr, /held|holds|served|process/i);
  assert.ok((await fetch(`${node.origin}/healthz`)).ok);
});

test('the control socket is its owner’s alone', async () => {
  const about = await stat(join(node.dir, 'control.sock'));
  assert.equal(about.mode & 0o777, 0o600);
});

test('the digest is the same after everything was made anew from the records', async () => {
  const machine = await node.machine('Import', 'all');
  const opened = await machine.openCase();
  await machine.addExhibit(opened.id, { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
  const mira = await node.person('Mira Tellan', ['investigator']);
  await machine.post(`/cases/${opened.id}/members`, { person: (await mira.get('/me')).person.id });
  await mira.fetchFile(opened.id, (await mira.get(`/spaces/${opened.id}/evidence`)).items[0].id);
  const before = (await on('debug digest')).stdout;
  await node.stop();
  assert.equal((await on('debug digest')).stdout, before);
  const rebuilt = await on('rebuild');
  assert.equal(rebuilt.code, 0, rebuilt.stderr);
  assert.equal((await on('debug digest')).stdout, before);
  assert.equal((await on('audit')).code, 0);
});

test('populate fills a test node, and no real one', async () => {
  const { code, stderr } = await on('debug populate', '--records', '300');
  assert.equal(code, 0, stderr);
  const report = JSON.parse((await on('audit', '--json')).stdout);
  assert.equal(report.clean, true, JSON.stringify(report));
  assert.ok(report.records >= 300, `${report.records}`);
  assert.equal((await on('debug populate')).code, 2);
  const real = await TestNode.create({ name: 'comity.alvaria.example' });
  const refused = await comity(['debug', 'populate', real.dir, '--records', '10']);
  assert.equal(refused.code, 1);
  await real.remove();
});

test('the identity key is written to a file under a passphrase, once, and is gone here', async () => {
  const secret = join(node.folder, 'passphrase');
  await writeFile(secret, 'correct horse battery staple\n', { mode: 0o600 });
  const env = { ...process.env, COMITY_PASSPHRASE_FILE: secret };
  const out = join(node.folder, 'identity.key');
  assert.equal((await comity(['identity', 'export', node.dir], { env })).code, 2, 'say where to');
  await writeFile(join(node.folder, 'mine'), 'mine');
  assert.equal((await comity(['identity', 'export', node.dir, '-o', join(node.folder, 'mine')], { env })).code, 1);
  assert.equal(await readFile(join(node.folder, 'mine'), 'utf8'), 'mine');
  const done = await comity(['identity', 'export', node.dir, '-o', out], { env });
  assert.equal(done.code, 0, done.stderr);
  assert.equal((await stat(out)).mode & 0o777, 0o400);
  const doctor = JSON.parse((await on('doctor', '--json')).stdout);
  assert.ok(!doctor.findings.some((one) => one.code === 'identity.present'));
  const again = await comity(['identity', 'export', node.dir, '-o', out + '2'], { env });
  assert.equal(again.code, 1);
  await assert.rejects(stat(out + '2'));

  await writeFile(secret, 'another phrase altogether\n');
  const wrong = await comity(['identity', 'import', node.dir, '-i', out], { env });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /passphrase is wrong/);
  await writeFile(secret, 'correct horse battery staple\n');
  assert.equal((await comity(['identity', 'import', node.dir], { env })).code, 2, 'say where from');
  assert.equal((await comity(['identity', 'import', node.dir, '-i', secret], { env })).code, 1, 'that is no key');
  const back = await comity(['identity', 'import', node.dir, '-i', out], { env });
  assert.equal(back.code, 0, back.stderr);
  assert.ok(JSON.parse((await on('doctor', '--json')).stdout).findings.some((one) => one.code === 'identity.present'));
});

test('audit names what was damaged, and how it is mended', async () => {
  const { readdir } = await import('node:fs/promises');
  const blobs = (await readdir(join(node.dir, 'blobs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const path = join(blobs[0].parentPath, blobs[0].name);
  const bytes = await readFile(path);
  bytes[bytes.length - 3] ^= 1;
  await writeFile(path, bytes);
  const { code, stdout } = await on('audit');
  assert.equal(code, 1);
  assert.match(stdout, /blob/);
  assert.equal(stdout.trim().split('\n').length, 1, 'one damage, one line');
  await node.start();
  const admin = await node.person('Ada Verhoeven', [], true);
  await waitFor(async () => (await admin.get('/me')).notices.some((notice) => notice.code === 'audit.findings'), 'the notice');
});
