// What ends by itself: sessions, links, tickets, confirmations, uploads, tokens, packages. The clock is put forward, nobody waits.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Clock, DAY, HOUR, MINUTE } from '../support/clock.mjs';
import { refused } from '../support/expect.mjs';
import { TestNode, comity, waitFor } from '../support/node.mjs';

const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
const clock = await Clock.create(folder);
const node = await TestNode.create({ folder });
await node.start([], { env: clock.env });
test.after(() => node.remove());

const mira = await node.person('Mira Tellan', ['investigator'], true);
const machine = await node.machine('Day and night', 'all');

test('a confirmation waits ten minutes', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const asked = await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { reason: 'Closed for the court.' });
  await clock.forward(11 * MINUTE);
  await refused(mira.confirm(asked), 410, 'confirmation.gone');
  const again = await mira.post(`/spaces/${opened.id}/evidence/${exhibit.id}/seal`, { reason: 'Closed for the court.' });
  await clock.forward(9 * MINUTE);
  assert.equal((await mira.confirm(again)).state, 'sealed');
});

test('a ticket is good for fifteen minutes', async () => {
  const opened = await machine.openCase();
  const exhibit = await machine.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const ticket = await machine.post(`/spaces/${opened.id}/evidence/${exhibit.id}/readings`, { what: 'opened', files: [1] });
  await clock.forward(14 * MINUTE);
  assert.equal((await node.client().exchange('GET', `${ticket.base}files/1`)).status, 200);
  await clock.forward(2 * MINUTE);
  await refused(node.client().get(`${ticket.base}files/1`), 410, 'ticket.expired');
});

test('thirty idle minutes end a session; use keeps it, for twelve hours', async () => {
  mira.cookie = '';
  await mira.signIn();
  await clock.forward(31 * MINUTE);
  await refused(mira.get('/me'), 401, 'session.none');
  mira.cookie = '';
  await mira.signIn();
  for (let used = 0; used < 700; used += 25) {
    await clock.forward(25 * MINUTE);
    const left = Math.min(26, 719 - used - 25) * MINUTE * 1000;
    await waitFor(async () => Date.parse((await mira.get('/me')).session.idle_expires) > clock.now() + left, 'the use to be noted');
  }
  await clock.forward(25 * MINUTE);
  await refused(mira.get('/me'), 401, 'session.none');
});

test('an upload that nobody goes on with, or that no exhibit takes, ends after seven days', async () => {
  const opened = await machine.openCase();
  const metadata = `filename ${btoa('half.bin')},space ${btoa(opened.id)}`;
  const made = await machine.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '10', 'Upload-Metadata': metadata } });
  const place = made.headers.get('location');
  const arrived = await machine.upload(opened.id, 'whole.bin', Buffer.from('whole'));
  assert.ok(Math.abs(Date.parse(made.headers.get('upload-expires')) - clock.now() - 7 * DAY * 1000) < MINUTE * 2000);
  await clock.forward(8 * DAY);
  const head = await machine.exchange('HEAD', place, { headers: { 'Tus-Resumable': '1.0.0' } });
  assert.ok([404, 410].includes(head.status), `${head.status}`);
  const body = { title: 'Late', type: 'other', obtained: { how: 'other' }, uploads: [arrived] };
  const late = await machine.exchange('POST', `/spaces/${opened.id}/evidence`, { body });
  assert.ok([404, 409].includes(late.status), `${late.status}`);
});

test('a link ends after 72 hours', async () => {
  const token = new URL(await node.invite('Too Late', ['clerk'])).hash.slice(1);
  await clock.forward(71 * HOUR);
  assert.ok(await node.client().post('/enrolment/open', { token }));
  await clock.forward(2 * HOUR);
  await refused(node.client().post('/enrolment/open', { token }), 410, 'enrolment.expired');
});

test('a package is kept for some days; its record for ever', async () => {
  const opened = await machine.openCase();
  await machine.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const begun = await machine.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false });
  const ready = await waitFor(async () => {
    const seen = await machine.get(`/exports/${begun.id}`);
    return seen.state !== 'writing' && seen;
  }, 'the package');
  assert.equal(ready.state, 'ready', ready.detail);
  assert.equal(ready.file, `/api/v1/exports/${begun.id}/file`);
  await clock.forward((Date.parse(ready.expires) - clock.now()) / 1000 + HOUR);
  await refused(machine.get(`/exports/${begun.id}/file`), 410, 'export.gone');
  assert.equal((await machine.get(`/exports/${begun.id}`)).file, null);
  assert.equal((await machine.get(`/spaces/${opened.id}/exports`)).items.length, 1);
});

test('a token ends when it was said to', async () => {
  const at = (ms) => new Date(clock.now() + ms).toISOString();
  mira.cookie = '';
  await mira.signIn();
  const made = await mira.post('/tokens', { name: 'One day', scopes: ['cases:read'], expires: at(DAY * 1000) });
  const short = Object.assign(node.client(), { token: made.token });
  assert.ok(await short.get('/cases'));
  await clock.forward(25 * HOUR);
  await refused(short.get('/cases'), 401, 'session.none');
});

test('records stay in order, and nothing is damaged by all that time', async () => {
  await node.stop();
  const audit = await comity(['audit', node.dir], { env: { ...process.env, ...clock.env } });
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
});
