// An old copy of the data directory is put back: the node goes on in a new epoch, says so plainly, and signs no second history.
import assert from 'node:assert/strict';
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { everyPage, refused } from '../support/expect.mjs';
import { TestNode, comity, waitFor } from '../support/node.mjs';

/** A node with a case, a copy of it, and a second exhibit that the copy does not know. */
async function workedOn(t) {
  const node = await TestNode.create();
  t.after(() => node.remove());
  await node.start();
  const mira = await node.person('Mira Tellan', ['investigator', 'prosecutor'], true);
  const opened = await mira.openCase();
  const kept = await mira.addExhibit(opened.id, { 'before.txt': Buffer.from('before') });
  await packed(mira, opened);
  await node.stop();
  await cp(node.dir, node.dir + '.copy', { recursive: true });
  await cp(node.dir + '.key', node.dir + '.copy.key');
  await node.start();
  const lost = await mira.addExhibit(opened.id, { 'after.txt': Buffer.from('after') });
  const epochs = await epochsOf(mira, opened);
  assert.equal(epochs.length, 1);
  await packed(mira, opened);
  const anchored = [await anchorsSeen(mira, opened, kept), await anchorsSeen(mira, opened, lost)];
  assert.equal(anchored[0].log, anchored[1].log);
  await node.stop();
  return { node, mira, opened, lost, epoch: epochs[0], anchored };
}

/** Exports the case, which anchors it at once; the answer about the package. */
async function packed(client, opened) {
  const begun = await client.confirm(await client.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: false }));
  const ready = await waitFor(async () => {
    const seen = await client.get(`/exports/${begun.id}`);
    return seen.state !== 'writing' && seen;
  }, 'the package');
  assert.equal(ready.state, 'ready', ready.detail);
  return ready;
}

/** The signed checkpoint of the log of anchors by which the node proves that it anchored an exhibit. */
async function anchorsSeen(client, opened, exhibit) {
  const { anchor } = await client.get(`/spaces/${opened.id}/evidence/${exhibit.id}/proof`);
  const [log, size, root] = anchor.tlog_proof.split('\n\n')[1].split('\n');
  return { log, size, root };
}

const epochsOf = async (client, opened) => [...new Set((await everyPage(client, `/spaces/${opened.id}/records`)).map((record) => record.epoch))];

/** What only one party may decide is refused in a case from before, until an administrator has confirmed by passkey. */
async function waitsForConfirmation(client, opened) {
  const close = (one) => client.post(`/cases/${one.id}/close`, { reason: 'It is over.' });
  await refused(close(opened), 409, 'restore.unconfirmed');
  const younger = await client.openCase();
  assert.equal((await close(younger)).status, 'closed', 'nothing of that one can be lost');

  const asked = await client.post('/node/restoration');
  await refused(close(opened), 409, 'restore.unconfirmed');
  const { leaf } = await client.confirm(asked);
  assert.match(leaf, /^[0-9a-f]{64}$/);
  assert.equal((await client.get('/me')).notices.some((one) => one.code === 'node.restored'), false);
  await refused(client.post('/node/restoration'), 409, 'restore.none');
  assert.equal((await close(opened)).status, 'closed');
  await client.post(`/cases/${opened.id}/reopen`, { reason: 'Not yet.' });
}

/** What must be so whichever way the copy was put back. */
async function goesOnInANewEpoch({ node, mira, opened, lost, epoch, anchored }, sign) {
  await node.start();
  assert.match(node.log, /new epoch|old copy|restored/i, `the log says so:\n${node.log}`);
  mira.cookie = '';
  await mira.signIn();
  const notice = (await mira.get('/me')).notices.find((one) => one.code === 'node.restored');
  assert.equal(notice?.severity, 'danger');
  assert.equal(notice.values.sign, sign);

  await waitsForConfirmation(mira, opened);
  const items = (await mira.get(`/spaces/${opened.id}/evidence`)).items;
  assert.deepEqual(items.map((item) => item.title), ['before.txt'], 'what the copy has is there');
  const again = await mira.addExhibit(opened.id, { 'again.txt': Buffer.from('again') });
  const records = await everyPage(mira, `/spaces/${opened.id}/records`);
  assert.ok(records.every((record) => record.class === 'valid'), JSON.stringify(records.find((record) => record.class !== 'valid')));
  const fresh = records.filter((record) => record.epoch !== epoch);
  assert.equal(fresh.at(-1).type, 'feed.continued/1', 'the new epoch names the old one first');
  assert.equal(fresh.at(-1).seq, 0);
  const introduced = fresh.findIndex((record) => record.type === 'person.introduced/1');
  assert.ok(introduced > fresh.findIndex((record) => record.type === 'exhibit.added/1'), 'nobody is introduced there yet');
  assert.equal((await mira.fetchFile(opened.id, again.id)).body.toString(), 'again');
  assert.notEqual(again.id, lost.id);

  const ready = await packed(mira, opened);
  const seen = await anchorsSeen(mira, opened, again);
  assert.equal(seen.size, '1', 'a log of anchors of its own');
  assert.ok(anchored.every((one) => one.log !== seen.log), `${seen.log} is signed over two histories`);
  const path = join(node.folder, 'package.zip');
  await (await import('node:fs/promises')).writeFile(path, (await mira.exchange('GET', ready.file, { raw: true })).body);
  const verified = await comity(['verify', path]);
  assert.equal(verified.code, 3, verified.stdout);

  await node.stop();
  const audit = await comity(['audit', node.dir]);
  assert.equal(audit.code, 0, audit.stdout + audit.stderr);
  await node.start();
  assert.equal((await epochsOf(mira, opened)).length, 2, 'once restored, it stays in that epoch');
  await node.stop();
}

test('the whole folder, from a copy', async (t) => {
  const story = await workedOn(t);
  await rm(story.node.dir, { recursive: true });
  await rename(story.node.dir + '.copy', story.node.dir);
  await goesOnInANewEpoch(story, 'copied');
});

test('the database alone: its high-water file knows better', async (t) => {
  const story = await workedOn(t);
  for (const name of ['database', 'database-wal', 'database-shm']) {
    await rm(join(story.node.dir, name), { force: true });
    await cp(join(story.node.dir + '.copy', name), join(story.node.dir, name)).catch((error) => assert.equal(error.code, 'ENOENT'));
  }
  await goesOnInANewEpoch(story, 'behind');
});

test('the database, and the high-water file lost with it', async (t) => {
  const story = await workedOn(t);
  await rm(story.node.dir, { recursive: true });
  await rename(story.node.dir + '.copy', story.node.dir);
  await rm(join(story.node.dir, 'highwater'));
  await goesOnInANewEpoch(story, 'no_high_water');
});

test('the same folder, stopped, killed and started as often as one likes, stays in its epoch', async (t) => {
  const { node, mira, opened, epoch } = await workedOn(t);
  for (const end of ['SIGTERM', 'SIGKILL', 'SIGKILL']) {
    await node.start();
    mira.cookie = '';
    await mira.signIn();
    await mira.addExhibit(opened.id, { 'more.txt': Buffer.from(`more ${Math.random()}`) });
    assert.deepEqual(await epochsOf(mira, opened), [epoch]);
    await node.stop(end);
  }
});
