// The list of cases: sorted, filtered, searched, paged by cursors over more than two hundred.
import assert from 'node:assert/strict';
import test from 'node:test';
import { everyPage, refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const COUNT = 230;
const machine = await node.machine('Import', 'all');
const made = [];
for (let n = 0; n < COUNT; n += 10) {
  const batch = Array.from({ length: Math.min(10, COUNT - n) }, (_, k) =>
    machine.post('/cases', { reference: `R-${String(n + k).padStart(3, '0')}`, title: `Case ${(n + k) % 7} of the ${n + k} th`, offence: (n + k) % 2 ? 'Trafficking' : 'Forced labour' }),
  );
  made.push(...(await Promise.all(batch)));
}
const references = made.map((one) => one.reference).toSorted();

test('every case is on exactly one page, whatever the order and the size of pages', async () => {
  for (const sort of ['reference', '-reference', 'title', '-title', 'changed', '-changed', 'status', '-status']) {
    for (const limit of [200, 37]) {
      const items = await everyPage(machine, `/cases?sort=${sort}&limit=${limit}`);
      assert.deepEqual(items.map((item) => item.reference).toSorted(), references, `${sort} by ${limit}`);
    }
  }
});

test('the order is what was asked for', async () => {
  const byReference = (await everyPage(machine, '/cases?sort=reference&limit=50')).map((item) => item.reference);
  assert.deepEqual(byReference, references);
  assert.deepEqual((await everyPage(machine, '/cases?sort=-reference&limit=50')).map((item) => item.reference), references.toReversed());
  const byTitle = (await everyPage(machine, '/cases?sort=title&limit=50')).map((item) => item.title.toLowerCase());
  assert.deepEqual(byTitle, byTitle.toSorted());
  const byChange = (await everyPage(machine, '/cases?limit=50')).map((item) => item.changed);
  assert.deepEqual(byChange, byChange.toSorted().toReversed(), 'the last changed first, where nothing is asked for');
});

test('a page tells how many there are, and has fifty unless told otherwise', async () => {
  const first = await machine.get('/cases');
  assert.equal(first.items.length, 50);
  assert.equal(first.total, COUNT);
  assert.ok(first.next);
  assert.equal((await machine.get('/cases?limit=1')).items.length, 1);
  for (const limit of ['0', '201', '-1', 'ten', '1.5']) {
    const answer = await machine.exchange('GET', `/cases?limit=${limit}`);
    assert.ok([400, 422].includes(answer.status), `limit=${limit}: ${answer.status}`);
  }
});

test('a case that is opened or changed meanwhile makes no page miss or repeat another', async () => {
  const first = await machine.get('/cases?sort=reference&limit=100');
  await machine.post('/cases', { reference: 'A-000', title: 'Before all' });
  await machine.post('/cases', { reference: 'Z-999', title: 'After all' });
  const rest = await everyPage(machine, '/cases?sort=reference&limit=100', first.next);
  const seen = [...first.items, ...rest].map((item) => item.reference);
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(seen.filter((reference) => reference.startsWith('R-')), references);
});

test('text finds reference, title and offence, without regard to case', async () => {
  assert.deepEqual((await everyPage(machine, '/cases?q=r-117')).map((item) => item.reference), ['R-117']);
  assert.equal((await everyPage(machine, '/cases?q=CASE%203')).length, made.filter((one) => one.title.startsWith('Case 3')).length);
  assert.equal((await everyPage(machine, '/cases?q=forced&limit=20')).length, COUNT / 2);
  assert.deepEqual((await machine.get('/cases?q=nothing-like-it')).items, []);
});

test('what the list does not know is refused, not overlooked', async () => {
  await refused(machine.get('/cases?sort=colour'), 422, 'list.sort');
  await refused(machine.get('/cases?status=half'), 422, 'list.filter');
  await refused(machine.get('/cases?member=you'), 422, 'list.filter');
  await refused(machine.get('/cases?cursor=nonsense'), 422, 'list.cursor');
  await refused(machine.get('/cases?colour=red'), 400, 'query.unknown');
  const other = (await machine.get('/cases?sort=title&limit=1')).next;
  await refused(machine.get(`/cases?sort=reference&cursor=${encodeURIComponent(other)}`), 422, 'list.cursor');
});

test('who is no member sees none of them', async () => {
  const mira = await node.person('Mira Tellan', ['investigator']);
  const page = await mira.get('/cases?status=all');
  assert.deepEqual([page.items, page.total, page.next], [[], 0, null]);
});
