// What a person keeps for themselves: views of lists, which follow them to every browser, and notices that they let go.
import assert from 'node:assert/strict';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);

test('a view of a list is kept, renamed, changed and let go', async () => {
  const mira = await node.person('Mira Tellan', ['investigator']);
  assert.deepEqual((await mira.get('/me/views')).items, []);
  const made = await mira.exchange('POST', '/me/views', { body: { list: 'cases', name: 'Closed ones', search: '?status=closed&sort=title' } });
  assert.equal(made.status, 201);
  const { id } = made.body;
  assert.equal(made.headers.get('location'), `/api/v1/me/views/${id}`);
  await mira.post('/me/views', { list: 'evidence', name: 'Closed ones', search: '' });
  await refused(mira.post('/me/views', { list: 'cases', name: 'Closed ones', search: '' }), 409, 'view.name');

  const changed = await mira.call('PUT', `/me/views/${id}`, { body: { name: 'With a seal', search: '?q=seal' } });
  assert.deepEqual([changed.list, changed.name, changed.search], ['cases', 'With a seal', '?q=seal']);
  const again = await node.client();
  again.authenticator = mira.authenticator;
  await again.signIn();
  assert.deepEqual((await again.get('/me/views')).items.map(({ name }) => name), ['With a seal', 'Closed ones'], 'another browser has them too');

  assert.equal((await mira.exchange('DELETE', `/me/views/${id}`)).status, 204);
  assert.deepEqual((await mira.get('/me/views')).items.map(({ list }) => list), ['evidence']);
});

test('nobody sees, changes or ends somebody else’s view', async () => {
  const mira = await node.person('Mira Two', ['investigator']);
  const jon = await node.person('Jon Arvik', ['investigator'], true);
  const { id } = await mira.post('/me/views', { list: 'cases', name: 'Mine', search: '?q=quiet' });
  assert.deepEqual((await jon.get('/me/views')).items, []);
  await refused(jon.call('PUT', `/me/views/${id}`, { body: { name: 'Theirs', search: '' } }), 404, 'view.unknown');
  await refused(jon.call('DELETE', `/me/views/${id}`), 404, 'view.unknown');
  assert.equal((await mira.get('/me/views')).items[0].name, 'Mine');
});

test('a view has a name, a list that there is, and one line of search; a hundred are enough', async () => {
  const mira = await node.person('Mira Three', ['investigator']);
  for (const body of [{ list: 'cases', name: '', search: '' }, { list: 'nothing', name: 'A', search: '' }, { list: 'cases', name: 'A', search: 'x'.repeat(2001) }, { list: 'cases', name: 'A\nB', search: '' }])
    await refused(mira.post('/me/views', body), 422);
  for (let at = 0; at < 100; at++) await mira.post('/me/views', { list: 'cases', name: `View ${at}`, search: '' });
  await refused(mira.post('/me/views', { list: 'cases', name: 'One more', search: '' }), 409, 'view.most');
});

test('who lets a notice go is not told again; the others are, and the node’s page still says it', async () => {
  const [ilse, noor] = [await node.person('Ilse Varga', [], true), await node.person('Noor Salim', ['investigator'], true)];
  const clerk = await node.person('Sefa Orun', ['clerk']);
  const there = async (person) => (await person.get('/me')).notices.find(({ code }) => code === 'identity.present');
  const notice = await there(ilse);
  assert.equal(notice.severity, 'warning');
  const item = (await ilse.get('/today')).items.find(({ code }) => code === 'identity.present');
  assert.equal(item.notice, notice.id, 'today says what can be let go');
  await refused(clerk.call('DELETE', `/me/notices/${notice.id}`), 404, 'notice.unknown');

  assert.equal((await ilse.exchange('DELETE', `/me/notices/${notice.id}`)).status, 204);
  assert.equal(await there(ilse), undefined);
  assert.ok(!(await ilse.get('/today')).items.some(({ code }) => code === 'identity.present'));
  assert.ok(await there(noor), 'somebody else is still told');
  assert.ok((await ilse.get('/node/status')).notices.some(({ code }) => code === 'identity.present'), 'it stands until it is settled');
  assert.equal((await ilse.exchange('DELETE', `/me/notices/${notice.id}`)).status, 204, 'twice is as good as once');
});
