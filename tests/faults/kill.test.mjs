// Killed with -9 in the middle of work, again and again: what was acknowledged is there, to the byte; nothing is damaged.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { sha256 } from '../support/client.mjs';
import { everyPage } from '../support/expect.mjs';
import { LONG, comity, waitFor, withNode } from '../support/node.mjs';

const ROUNDS = LONG ? 100 : 20;
const UPLOADERS = 3;
const APPENDERS = 4;
const node = await withNode(test);
const token = await node.token('Under load', 'all');
const client = () => Object.assign(node.client(), { token });
const TUS = { 'Tus-Resumable': '1.0.0' };
const OCTETS = { ...TUS, 'Content-Type': 'application/offset+octet-stream' };

const opened = await client().openCase({ title: 'Under load' });
/** What the node has acknowledged. */
const known = { cases: new Map(), exhibits: new Map(), uploads: new Map() };
let stopping = false;

/** Does @step until the round ends; a broken line is what this story is about, anything else is a failure. */
async function work(step) {
  while (!stopping) {
    try {
      await step();
    } catch (error) {
      if (error.status !== undefined || error instanceof assert.AssertionError || /API description/.test(error.message)) throw error;
      if (!stopping) await new Promise((next) => setImmediate(next));
    }
  }
}

let number = 0;
/** Opens cases: the shortest acts. */
async function append(me) {
  const title = `Case ${++number} under load`;
  const made = await me.post('/cases', { title });
  known.cases.set(made.id, title);
}

/** Sends a file in parts, resuming what was cut off; makes an exhibit of it. */
async function intake(me, state) {
  if (!state.place) {
    state.bytes = randomBytes(20_000 + Math.floor(Math.random() * 180_000));
    const metadata = `filename ${btoa('load.bin')},space ${btoa(opened.id)}`;
    const made = await me.exchange('POST', '/uploads', { headers: { ...TUS, 'Upload-Length': String(state.bytes.length), 'Upload-Metadata': metadata } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    state.place = made.headers.get('location');
    state.acknowledged = 0;
    known.uploads.set(state.place, state);
  }
  const seen = await me.exchange('HEAD', state.place, { headers: TUS });
  let offset = seen.status === 410 ? state.bytes.length : Number(seen.headers.get('upload-offset'));
  assert.ok([200, 410].includes(seen.status), `HEAD of an upload: ${seen.status}`);
  assert.ok(offset >= state.acknowledged, `${state.acknowledged} bytes were acknowledged, ${offset} are there`);
  while (offset < state.bytes.length) {
    const part = state.bytes.subarray(offset, offset + 1 + Math.floor(Math.random() * 60_000));
    const answer = await me.exchange('PATCH', state.place, { body: part, headers: { ...OCTETS, 'Upload-Offset': String(offset) } });
    assert.equal(answer.status, 204, JSON.stringify(answer.body));
    offset = state.acknowledged = Number(answer.headers.get('upload-offset'));
  }
  const id = state.place.split('/').at(-1);
  const upload = await me.get(`/uploads/${id}`);
  assert.equal(upload.sha256, sha256(state.bytes), 'what arrived is what was sent');
  if (upload.state !== 'taken') {
    const exhibit = await me.post(`/spaces/${opened.id}/evidence`, { title: id, type: 'other', obtained: { how: 'other' }, uploads: [id] });
    known.exhibits.set(exhibit.id, { number: exhibit.number, sha256: upload.sha256 });
  }
  known.uploads.delete(state.place);
  state.place = null;
}

async function checkAcknowledged() {
  const me = client();
  const cases = new Map((await everyPage(me, '/cases?status=all&limit=200')).map((item) => [item.id, item.title]));
  for (const [id, title] of known.cases) assert.equal(cases.get(id), title, `case ${id} was acknowledged`);
  const exhibits = new Map((await everyPage(me, `/spaces/${opened.id}/evidence?limit=200`)).map((item) => [item.id, item]));
  for (const [id, { number: shown }] of known.exhibits) assert.equal(exhibits.get(id)?.number, shown, `exhibit ${id} was acknowledged`);
  const numbers = [...exhibits.values()].map((item) => item.number);
  assert.equal(new Set(numbers).size, numbers.length, 'no number was given twice');
}

test(`${ROUNDS} rounds of kill -9 under load`, async (t) => {
  const uploads = Array.from({ length: UPLOADERS }, () => ({}));
  for (let round = 1; round <= ROUNDS; round++) {
    stopping = false;
    const before = known.cases.size + known.exhibits.size;
    const workers = [...uploads.map((state) => work(() => intake(client(), state))), ...Array.from({ length: APPENDERS }, () => work(() => append(client())))];
    const failed = Promise.all(workers);
    failed.catch(() => {});
    // A moment of the load's own choosing: after some more acknowledgements, another number in each round.
    await Promise.race([failed, waitFor(() => known.cases.size + known.exhibits.size >= before + 3 + ((round * 7) % 40), 'some load', 60_000)]);
    await node.kill();
    stopping = true;
    await failed;
    await node.start();
    await checkAcknowledged();
    if (round % 5 === 0 || round === ROUNDS) {
      const audit = await comity(['audit', node.dir]);
      assert.equal(audit.code, 0, `after round ${round}: ${audit.stdout}${audit.stderr}`);
    }
  }
  for (const state of uploads) if (state.place) await intake(client(), state);
  t.diagnostic(`${known.cases.size} cases, ${known.exhibits.size} exhibits`);
});

test('every byte that was made an exhibit is there', async () => {
  const me = client();
  for (const [id, exhibit] of known.exhibits) assert.equal(sha256((await me.fetchFile(opened.id, id)).body), exhibit.sha256);
});

test('the feed has no gap and no fork, and rows are what the records say', async () => {
  const records = await everyPage(client(), `/spaces/${opened.id}/records?limit=200`);
  assert.deepEqual(records.map((record) => record.seq), Array.from(records, (_, n) => records.length - 1 - n));
  assert.equal(new Set(records.map((record) => record.epoch)).size, 1, 'a kill is no reason for a new epoch');
  assert.ok(records.every((record) => record.class === 'valid'));
  const digest = (await comity(['debug', 'digest', node.dir])).stdout;
  await node.kill();
  assert.equal((await comity(['rebuild', node.dir])).code, 0);
  assert.equal((await comity(['debug', 'digest', node.dir])).stdout, digest);
  assert.equal((await comity(['audit', node.dir])).code, 0);
});
