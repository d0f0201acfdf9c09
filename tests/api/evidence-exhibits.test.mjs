// From what has arrived to an exhibit with number, facts and history; corrected, extended, sealed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { everyPage, refused } from '../support/expect.mjs';
import { sha256 } from '../support/client.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const obtained = { how: 'seizure', where: 'Marrow Quay 4', when: '2026-11-12T09:14:00.000Z', by: 'T. Reny', authority: 'Order S-88/2026', from: 'The reception' };
const at = (opened) => `/spaces/${opened.id}/evidence`;

async function change(opened, exhibit, body) {
  const read = await mira.exchange('GET', `${at(opened)}/${exhibit.id}`);
  return mira.call('PATCH', `${at(opened)}/${exhibit.id}`, { body, headers: { 'If-Match': read.headers.get('etag') } });
}

test('five files of a dropped folder become one exhibit, in order, with size, hash, type and folder', async () => {
  const opened = await mira.openCase();
  const files = [
    ['album/front.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['album/notes.txt', Buffer.from('Seen from the quay.\n')],
    ['album/deep/er/list.csv', Buffer.from('a,b\n1,2\n')],
    ['album/empty.dat', Buffer.alloc(0)],
    ['album/сцена.txt', Buffer.from('Кириллица\n')],
  ];
  const uploads = [];
  for (const [path, bytes] of files) uploads.push(await mira.upload(opened.id, path.split('/').at(-1), bytes, { relativePath: path }));
  const answer = await mira.exchange('POST', at(opened), { body: { title: 'An album', description: 'Found under the desk.', type: 'image', obtained, languages: ['ru', 'zh-Hant'], sensitivity: { protected_person: true, harmful: false }, conditions: { use: 'ask_first', note: 'Ask the owner.' }, uploads } });
  assert.equal(answer.status, 201);
  const exhibit = answer.body;
  assert.equal(answer.headers.get('location'), `/api/v1${at(opened)}/${exhibit.id}`);
  assert.equal(exhibit.number, 'A-0001');
  assert.deepEqual(exhibit.obtained, obtained);
  assert.deepEqual(exhibit.languages, ['ru', 'zh-Hant']);
  assert.deepEqual(exhibit.conditions, { use: 'ask_first', note: 'Ask the owner.' });
  assert.equal(exhibit.kind_of_first, 'image');
  assert.equal(exhibit.files, 5);
  assert.equal(exhibit.size, files.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  assert.deepEqual(exhibit.file_list.map((file) => [file.n, file.path, file.name, file.size, file.sha256]), files.map(([path, bytes], n) => [n + 1, path.split('/').slice(0, -1).join('/'), path.split('/').at(-1), bytes.length, sha256(bytes)]));
  assert.deepEqual(exhibit.file_list.map((file) => file.viewable), ['image', 'text', 'text', 'none', 'text']);
  assert.equal(exhibit.state, 'in_order');
  assert.equal(exhibit.held_by.node, node.name);
  assert.deepEqual(await mira.get(`${at(opened)}/${exhibit.id}`), exhibit);
  assert.deepEqual(await mira.get(`${at(opened)}/${exhibit.id}@${node.name}`), exhibit, 'an id may name its node');
});

test('numbers are counted by case, without gaps, also when many take in at once', async () => {
  const [one, two] = [await mira.openCase(), await mira.openCase()];
  const made = await Promise.all(Array.from({ length: 8 }, (_, n) => mira.addExhibit(one.id, { [`f${n}.txt`]: Buffer.from(`${n}`) })));
  assert.deepEqual(made.map((exhibit) => exhibit.number).toSorted(), Array.from({ length: 8 }, (_, n) => `A-000${n + 1}`));
  assert.equal((await mira.addExhibit(two.id, { 'x.txt': Buffer.from('x') })).number, 'A-0001');
  assert.equal((await mira.get(`/cases/${one.id}`)).exhibits, 8);
});

test('all of it is taken, or nothing: an upload that is missing, foreign or used already stops the whole', async () => {
  const [opened, other] = [await mira.openCase(), await mira.openCase()];
  const good = await mira.upload(opened.id, 'good.txt', Buffer.from('good'));
  const elsewhere = await mira.upload(other.id, 'elsewhere.txt', Buffer.from('elsewhere'));
  const body = (uploads) => ({ title: 'T', type: 'other', obtained: { how: 'other' }, uploads });
  await refused(mira.post(at(opened), body([good, elsewhere])), 409, 'upload.not_ready');
  await refused(mira.post(at(opened), body([good, '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa'])), 404, 'upload.unknown');
  await refused(mira.post(at(opened), body([good, good])), 409, 'upload.not_ready');
  await refused(mira.post(at(opened), body([])), 422, 'exhibit.uploads');
  await refused(mira.post(at(opened), body([5])), 422, 'exhibit.uploads');
  assert.equal((await mira.get(`/uploads/${good}`)).state, 'arrived');
  assert.equal((await mira.post(at(opened), body([good]))).number, 'A-0001');
  await refused(mira.post(at(opened), body([good])), 409, 'upload.not_ready');
});

test('the same bytes twice in a case are kept once, and are two files', async () => {
  const opened = await mira.openCase();
  const bytes = Buffer.alloc(50_000, 'twice');
  const first = await mira.addExhibit(opened.id, { 'a.bin': bytes });
  const second = await mira.addExhibit(opened.id, { 'b.bin': bytes });
  for (const exhibit of [first, second]) assert.ok((await mira.fetchFile(opened.id, exhibit.id)).body.equals(bytes));
});

test('facts keep their rules', async () => {
  const opened = await mira.openCase();
  const upload = await mira.upload(opened.id, 'x.txt', Buffer.from('x'));
  const body = { title: 'T', type: 'other', obtained: { how: 'other' }, uploads: [upload] };
  for (const [more, pointer] of [
    [{ title: '' }, '/title'],
    [{ type: 'sword' }, '/type'],
    [{ obtained: {} }, '/obtained/how'],
    [{ obtained: { how: 'stolen' } }, '/obtained/how'],
    [{ obtained: { how: 'other', when: 'yesterday' } }, '/obtained/when'],
    [{ languages: ['english'] }, '/languages/0'],
    [{ conditions: { use: 'any' } }, '/conditions/use'],
    [{ sensitivity: { harmful: 1, protected_person: false } }, '/sensitivity/harmful'],
    [{ colour: 'red' }, '/colour'],
  ]) {
    const problem = await refused(mira.post(at(opened), { ...body, ...more }), 422);
    assert.equal(problem.pointer, pointer, JSON.stringify(more));
  }
  assert.equal((await mira.post(at(opened), body)).description, '');
});

test('a correction keeps what was said before, with the reason and who corrected', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'x.txt': Buffer.from('x') }, { title: 'Phone', obtained });
  await refused(mira.call('PATCH', `${at(opened)}/${exhibit.id}`, { body: { title: 'A phone', reason: 'Sp.' } }), 428);
  const first = await mira.exchange('GET', `${at(opened)}/${exhibit.id}`);
  await change(opened, exhibit, { title: 'Mobile phone', reason: 'The label says so.' });
  await refused(mira.call('PATCH', `${at(opened)}/${exhibit.id}`, { body: { title: 'Late', reason: 'Late.' }, headers: { 'If-Match': first.headers.get('etag') } }), 412);
  const now = await change(opened, exhibit, { type: 'device_extract', obtained: { ...obtained, where: 'Marrow Quay 6' }, reason: 'Wrong house.' });
  assert.equal(now.title, 'Mobile phone');
  assert.equal(now.type, 'device_extract');
  const history = now.history.map((entry) => [entry.field, entry.value, entry.was, entry.reason, entry.by.name]);
  assert.deepEqual(history.find(([field]) => field === 'title'), ['title', 'Mobile phone', 'Phone', 'The label says so.', 'Mira Tellan']);
  assert.deepEqual(history.find(([field]) => field === 'type').slice(0, 3), ['type', 'device_extract', 'other']);
  assert.equal(history.find(([field]) => field === 'obtained')[2].where, 'Marrow Quay 4');
  assert.ok(now.history.every((entry) => entry.proof.state === 'proven'));
  await refused(change(opened, exhibit, { reason: 'Nothing.' }), 400, 'body.empty');
  await refused(change(opened, exhibit, { title: 'No reason' }), 422);
  await refused(change(opened, exhibit, { number: 9, reason: 'x' }), 422);
});

test('a sealed exhibit takes no further file; what is said of it can still be corrected', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const more = await mira.upload(opened.id, 'b.txt', Buffer.from('b'));
  const extended = await mira.post(`${at(opened)}/${exhibit.id}/files`, { uploads: [more] });
  assert.deepEqual(extended.file_list.map((file) => [file.n, file.name]), [[1, 'a.txt'], [2, 'b.txt']]);

  const asked = await mira.post(`${at(opened)}/${exhibit.id}/seal`, { seal_number: 'S-778', reason: 'Closed for the court.' });
  assert.equal(asked.confirm.type, 'exhibit.sealed/1');
  assert.deepEqual(asked.confirm.sentence.values, { number: 'A-0001', title: 'a.txt', files: 2, seal_number: 'S-778' });
  const act = JSON.parse(Buffer.from(asked.confirm.act, 'base64url'));
  assert.deepEqual(act.files, [sha256(Buffer.from('a')), sha256(Buffer.from('b'))].map((hash) => `sha256:${hash}`), 'the seal closes these bytes');
  const sealed = await mira.confirm(asked);
  assert.equal(sealed.state, 'sealed');
  assert.equal(sealed.sealed.seal_number, 'S-778');
  assert.equal(sealed.sealed.confirmed, 'person');
  assert.equal(sealed.may.add_files, false);
  assert.equal(sealed.may.seal, false);

  const late = await mira.upload(opened.id, 'c.txt', Buffer.from('c'));
  await refused(mira.post(`${at(opened)}/${exhibit.id}/files`, { uploads: [late] }), 409, 'exhibit.sealed');
  await refused(mira.post(`${at(opened)}/${exhibit.id}/seal`, { reason: 'Again.' }), 409, 'exhibit.sealed');
  assert.equal((await change(opened, exhibit, { title: 'Two letters', reason: 'Better.' })).state, 'sealed');
});

test('a file that was added while somebody confirms the seal stops the seal', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const asked = await mira.post(`${at(opened)}/${exhibit.id}/seal`, { reason: 'Closed.' });
  const more = await mira.upload(opened.id, 'b.txt', Buffer.from('b'));
  await mira.post(`${at(opened)}/${exhibit.id}/files`, { uploads: [more] });
  await refused(mira.confirm(asked), 409, 'confirmation.moved');
  assert.equal((await mira.get(`${at(opened)}/${exhibit.id}`)).sealed, null);
});

test('exhibits are listed, sorted, filtered and found', async () => {
  const opened = await mira.openCase();
  const sizes = [30, 10, 20];
  for (const [n, size] of sizes.entries())
    await mira.addExhibit(opened.id, { [`${n}.txt`]: Buffer.alloc(size, 'x') }, { title: `Thing ${'cab'[n]}`, type: n === 1 ? 'audio' : 'document', obtained: { ...obtained, when: `2026-0${3 - n}-01T00:00:00.000Z` } });
  const [first] = (await mira.get(`${at(opened)}?sort=number`)).items;
  await mira.confirm(await mira.post(`${at(opened)}/${first.id}/seal`, { reason: 'Closed.' }));
  const titles = async (query) => (await everyPage(mira, `${at(opened)}?limit=2&${query}`)).map((item) => item.title);
  assert.deepEqual(await titles(''), ['Thing b', 'Thing a', 'Thing c'], 'the last one first');
  assert.deepEqual(await titles('sort=title'), ['Thing a', 'Thing b', 'Thing c']);
  assert.deepEqual(await titles('sort=size'), ['Thing a', 'Thing b', 'Thing c']);
  assert.deepEqual(await titles('sort=-obtained'), ['Thing c', 'Thing a', 'Thing b']);
  assert.deepEqual(await titles('type=audio'), ['Thing a']);
  assert.deepEqual(await titles('sealed=true'), ['Thing c']);
  assert.deepEqual(await titles('sealed=false&sort=number'), ['Thing a', 'Thing b']);
  assert.deepEqual(await titles('q=a-0002'), ['Thing a']);
  assert.deepEqual(await titles('q=THING%20B'), ['Thing b']);
  await refused(mira.get(`${at(opened)}?sort=colour`), 422, 'list.sort');
});

test('who may not, may not: a defence lawyer takes nothing in, seals nothing, and reads', async () => {
  const opened = await mira.openCase();
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const lawyer = await node.person('Ilse Brand', ['defence']);
  await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: (await lawyer.get('/me')).person.id }));
  const seen = await lawyer.get(`${at(opened)}/${exhibit.id}`);
  assert.deepEqual(seen.may, { open: true, edit: false, add_files: false, seal: false, export: false });
  await refused(lawyer.addExhibit(opened.id, { 'x.txt': Buffer.from('x') }), 403);
  await refused(lawyer.post(`${at(opened)}/${exhibit.id}/seal`, { reason: 'No.' }), 403);
  const read = await lawyer.exchange('GET', `${at(opened)}/${exhibit.id}`);
  await refused(lawyer.call('PATCH', `${at(opened)}/${exhibit.id}`, { body: { title: 'No', reason: 'No.' }, headers: { 'If-Match': read.headers.get('etag') } }), 403);
  assert.equal((await lawyer.fetchFile(opened.id, exhibit.id)).body.toString(), 'a');
});
