// The administrator's page: state, keys, card, audit, and taking the identity key off the machine.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import test from 'node:test';
import { ended, refused } from '../support/expect.mjs';
import { TestNode, waitFor, withNode } from '../support/node.mjs';

const node = await withNode(test);
const admin = await node.person('Ada Verhoeven', ['investigator'], true);
const other = await node.person('Mira Tellan', ['investigator']);

test('the state is told to administrators only', async () => {
  const opened = await admin.openCase();
  await admin.addExhibit(opened.id, { 'a.bin': Buffer.alloc(100_000, 'a') });
  const status = await admin.get('/node/status');
  assert.equal(status.identity.present_on_machine, true);
  assert.deepEqual(status.keys.map((key) => key.use).toSorted(), ['identity', 'log', 'tls', 'witness']);
  assert.ok(status.storage.blobs >= 1);
  assert.ok(status.storage.data_bytes >= 100_000);
  assert.ok(status.storage.records > 5);
  assert.ok(status.feeds >= 2);
  assert.equal(status.master_key.source, 'file');
  assert.equal(status.master_key.same_disk, true);
  const codes = status.notices.map((notice) => notice.code);
  for (const code of ['identity.present', 'master_key.same_disk']) assert.ok(codes.some((one) => one === code), `${code} in ${codes}`);
  await refused(other.get('/node/status'), 403, 'person.not_administrator');
  await refused(other.post('/node/audit'), 403, 'person.not_administrator');
  await refused(other.post('/node/identity/export', { passphrase: 'a long enough one' }), 403, 'person.not_administrator');
});

test('where nothing was put back there is nothing to confirm; a token never confirms it', async () => {
  await refused(admin.post('/node/restoration'), 409, 'restore.none');
  await refused(other.post('/node/restoration'), 403, 'person.not_administrator');
  const { token } = await admin.post('/tokens', { name: 'Backups', scopes: ['all'] });
  await refused(Object.assign(node.client(), { token }).post('/node/restoration'), 403);
  await refused(node.client().post('/node/restoration'), 401);
});

test('the card is for everybody, and is the one that the command line prints', async () => {
  const card = await node.client().get('/node/card');
  assert.match(card, new RegExp(`^comity/card/v1\\nnode ${node.name}\\n`));
  assert.equal(card.trimEnd(), await node.run('card', node.dir));
});

test('an audit runs as a job and is remembered', async () => {
  const job = await ended(admin, await admin.post('/node/audit'), waitFor);
  assert.equal(job.state, 'done', job.detail);
  assert.equal(job.result.ok, true, JSON.stringify(job.result));
  const { last_audit } = await admin.get('/node/status');
  assert.equal(job.result.projections, true);
  assert.equal(last_audit.ok, true);
  assert.equal(last_audit.findings, 0);
  assert.equal((await admin.get('/today')).trust.audit.ok, true);
});

test('health, metrics, and what is not there', async () => {
  const text = await node.client().exchange('GET', '/healthz', { headers: { Accept: '*/*' } });
  assert.equal(text.status, 200);
  const metrics = await node.client().get('/metrics');
  assert.match(metrics, /^# (HELP|TYPE) /m);
  for (const path of ['/nothing', '/cases/../node/status', '/jobs/none'])
    assert.ok([401, 404].includes((await node.client().exchange('GET', path)).status), path);
  const unknown = await admin.exchange('GET', '/nothing');
  assert.equal(unknown.status, 404);
  assert.match(unknown.headers.get('content-type'), /application\/problem\+json/);
  const method = await admin.exchange('PUT', '/cases');
  assert.equal(method.status, 405);
  assert.match(method.headers.get('allow'), /GET/);
});

test('another host’s name for this address is refused (DNS rebinding)', async () => {
  const status = await new Promise((done, failed) => {
    request({ host: '127.0.0.1', port: node.port, path: '/api/v1/node', headers: { Host: 'evil.example' } }, (answer) => done(answer.resume().statusCode)).on('error', failed).end();
  });
  assert.equal(status, 421);
});

test('the identity key leaves the machine under a passphrase, once', async () => {
  const short = await refused(admin.post('/node/identity/export', { passphrase: 'short' }), 422, 'identity.passphrase');
  assert.equal(short.pointer, '/passphrase');
  assert.equal((await admin.get('/node/status')).identity.present_on_machine, true);
  const answer = await admin.exchange('POST', '/node/identity/export', { body: { passphrase: 'correct horse battery staple' }, raw: true });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-disposition'), /^attachment; .*alv\.node\.test-identity\.key/);
  assert.ok(answer.body.length > 50);
  const status = await admin.get('/node/status');
  assert.equal(status.identity.present_on_machine, false);
  assert.ok(!status.notices.some((notice) => notice.code === 'identity.present'));
  await refused(admin.post('/node/identity/export', { passphrase: 'correct horse battery staple' }), 409, 'identity.taken_off');
  await node.stop();
  await node.start();
  assert.equal((await admin.get('/node/status')).identity.present_on_machine, false, 'also after a restart');
  const opened = await admin.openCase();
  assert.ok(opened.id, 'work goes on without it');
});

test('metrics are for who asks here: not for whom a proxy asks, nor under the node’s own name', async () => {
  const asked = await TestNode.create({ name: 'own.node.test' });
  test.after(() => asked.remove());
  const conf = join(asked.dir, 'comity.conf');
  await writeFile(conf, (await readFile(conf, 'utf8')).replace(asked.origin, 'https://comity.alv.test'));
  await asked.start();
  const status = (headers) =>
    new Promise((done, failed) => {
      request({ host: 'localhost', port: asked.port, path: '/metrics', headers }, (answer) => done(answer.resume().statusCode)).on('error', failed).end();
    });
  assert.equal(await status({}), 200);
  assert.equal(await status({ Host: 'comity.alv.test' }), 401, 'a proxy that forgot to say for whom it asks');
  assert.equal(await status({ 'X-Forwarded-For': '203.0.113.7' }), 401, 'a proxy that says it');
});
