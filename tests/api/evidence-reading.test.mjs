// Reading is an act that gives a ticket, and the ticket gives bytes: whole, in ranges, never as something that could run.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { refused } from '../support/expect.mjs';
import { withNode } from '../support/node.mjs';

const node = await withNode(test);
const mira = await node.person('Mira Tellan', ['investigator']);
const opened = await mira.openCase();
const at = `/spaces/${opened.id}/evidence`;
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

async function ticketFor(exhibit, files = [1], what = 'opened', client = mira) {
  return client.post(`${at}/${exhibit.id}/readings`, { what, files });
}
/** The bytes behind a ticket, as a browser's element fetches them: without a cookie. */
const fetchAt = (ticket, n = 1, headers = {}, query = '') => node.client().exchange('GET', `${ticket.base}files/${n}${query}`, { raw: true, headers });

test('a ticket needs no cookie, and its answer is locked up', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'dot.png': PNG });
  const ticket = await ticketFor(exhibit);
  assert.match(ticket.ticket, /^[A-Za-z0-9_-]{43}$/);
  const minutes = (Date.parse(ticket.expires) - Date.now()) / 60_000;
  assert.ok(minutes > 14 && minutes <= 15.1, `${minutes}`);
  const answer = await fetchAt(ticket);
  assert.equal(answer.status, 200);
  assert.ok(answer.body.equals(PNG));
  assert.equal(answer.headers.get('content-type'), 'image/png');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('content-security-policy'), /^sandbox; default-src 'none'/);
  assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin');
  assert.match(answer.headers.get('cache-control'), /no-store/);
  assert.match(answer.headers.get('content-disposition'), /^inline/);
  assert.equal(answer.headers.get('accept-ranges'), 'bytes');
  assert.match(answer.headers.get('referrer-policy') ?? '', /no-referrer/);
});

test('ranges: from the middle, over a chunk’s edge, open, the last bytes, none that is not there', async () => {
  const bytes = randomBytes(5 * 16384 + 77);
  const exhibit = await mira.addExhibit(opened.id, { 'raw.bin': bytes });
  const ticket = await ticketFor(exhibit);
  const size = bytes.length;
  for (const [range, from, to] of [
    ['bytes=0-0', 0, 0],
    ['bytes=16380-16390', 16380, 16390],
    ['bytes=81920-', 81920, size - 1],
    ['bytes=100-99999999', 100, size - 1],
    ['bytes=-10', size - 10, size - 1],
    ['bytes=-99999999', 0, size - 1],
  ]) {
    const answer = await fetchAt(ticket, 1, { Range: range });
    assert.equal(answer.status, 206, range);
    assert.equal(answer.headers.get('content-range'), `bytes ${from}-${to}/${size}`, range);
    assert.ok(answer.body.equals(bytes.subarray(from, to + 1)), range);
  }
  for (const range of [`bytes=${size}-`, 'bytes=-0']) {
    const answer = await node.client().exchange('GET', `${ticket.base}files/1`, { headers: { Range: range } });
    assert.equal(answer.status, 416, range);
    assert.equal(answer.headers.get('content-range'), `bytes */${size}`);
  }
  for (const range of ['bytes=5-2', 'lines=1-2', 'bytes=x-y']) {
    const answer = await fetchAt(ticket, 1, { Range: range });
    assert.ok([200, 416].includes(answer.status), `${range}: ${answer.status}`);
  }
  const head = await node.client().exchange('HEAD', `${ticket.base}files/1`);
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-length'), String(size));
  const stale = await fetchAt(ticket, 1, { Range: 'bytes=0-9', 'If-Range': '"another"' });
  assert.equal(stale.status, 200, 'a range of another file is the whole');
});

test('what could run is saved, not shown: pages, scripts and programs are bytes with a name', async () => {
  const files = {
    'page.html': Buffer.from('<!DOCTYPE html><html><script>alert(1)</script></html>'),
    'program': Buffer.from('7f454c4602010100000000000000000003003e00', 'hex'),
    'archive.zip': Buffer.from('504b03040a000000000000000000', 'hex'),
  };
  const exhibit = await mira.addExhibit(opened.id, files);
  const ticket = await ticketFor(exhibit, [1, 2, 3]);
  for (let n = 1; n <= 3; n++) {
    const answer = await fetchAt(ticket, n);
    const type = answer.headers.get('content-type');
    assert.ok(!/html|javascript|xml/.test(type), type);
    if (type === 'application/octet-stream') assert.match(answer.headers.get('content-disposition'), /^attachment/);
    else assert.equal(type, 'text/plain; charset=utf-8');
    assert.match(answer.headers.get('content-security-policy'), /^sandbox/);
  }
  const saved = await fetchAt(ticket, 1, {}, '?download=1');
  assert.equal(saved.headers.get('content-type'), 'application/octet-stream');
  assert.match(saved.headers.get('content-disposition'), /^attachment; filename/);
  assert.ok(saved.body.equals(files['page.html']));
});

test('a name of any language comes along, and can inject nothing', async () => {
  const name = 'сцена "1"; x=\\y 场景.txt';
  const exhibit = await mira.addExhibit(opened.id, { [name]: Buffer.from('x') });
  const answer = await fetchAt(await ticketFor(exhibit), 1, {}, '?download=1');
  const said = answer.headers.get('content-disposition');
  assert.match(said, /^attachment; /);
  assert.equal(decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(said)[1]), name);
});

test('a text is UTF-8 whatever it was, in pages of a mebibyte', async () => {
  const long = 'Zeile über Zeile.\n'.repeat(70_000);
  const exhibit = await mira.addExhibit(opened.id, {
    'long.txt': Buffer.from(long),
    'wide.txt': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Größe 世界', 'utf16le')]),
    'old.txt': Buffer.from('Gr\xf6\xdfe\n', 'latin1'),
  });
  const ticket = await ticketFor(exhibit, [1, 2, 3]);
  const first = await fetchAt(ticket, 1);
  const pages = Number(first.headers.get('text-pages'));
  assert.equal(pages, Math.ceil(Buffer.byteLength(long) / 1_048_576));
  assert.equal(first.headers.get('content-type'), 'text/plain; charset=utf-8');
  let text = '';
  for (let page = 1; page <= pages; page++) text += (await fetchAt(ticket, 1, {}, `?page=${page}`)).body.toString().replace(/^�+|�+$/g, '');
  assert.ok(Math.abs(text.length - long.length) <= pages, `${text.length} of ${long.length} characters`);
  await refused(node.client().get(`${ticket.base}files/1?page=${pages + 1}`), 400);
  assert.equal((await fetchAt(ticket, 2)).body.toString().replace(/^\ufeff/, ''), 'Größe 世界');
  assert.equal((await fetchAt(ticket, 3)).body.toString(), 'Größe\n');
});

test('a ticket is for the files that the reading names, and for nothing else', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') });
  const ticket = await ticketFor(exhibit, [2]);
  assert.equal((await fetchAt(ticket, 2)).body.toString(), 'b');
  await refused(node.client().get(`${ticket.base}files/1`), 404, 'ticket.file');
  await refused(node.client().get(`${ticket.base}files/3`), 404, 'ticket.file');
  await refused(node.client().get(`/tickets/${'A'.repeat(43)}/files/1`), 410, 'ticket.expired');
  await refused(ticketFor(exhibit, [3]), 422, 'reading.file');
  await refused(ticketFor(exhibit, [0]), 422, 'reading.file');
  await refused(ticketFor(exhibit, []), 422, 'reading.files');
  await refused(ticketFor(exhibit, [1], 'burned'), 422, 'reading.what');
});

test('who was taken off the case has no use of an old ticket, and a restart ends all', async () => {
  const jon = await node.person('Jon Arvik', ['prosecutor']);
  const id = (await jon.get('/me')).person.id;
  await mira.confirm(await mira.post(`/cases/${opened.id}/members`, { person: id }));
  const exhibit = await mira.addExhibit(opened.id, { 'a.txt': Buffer.from('a') });
  const ticket = await ticketFor(exhibit, [1], 'opened', jon);
  assert.equal((await fetchAt(ticket)).status, 200);
  await mira.confirm(await mira.call('DELETE', `/cases/${opened.id}/members/${id}`));
  await refused(node.client().get(`${ticket.base}files/1`), 404, 'ticket.file');
  const own = await ticketFor(exhibit);
  await node.stop();
  await node.start();
  await refused(node.client().get(`${own.base}files/1`), 410, 'ticket.expired');
});

test('harmful material is read with a reason only', async () => {
  const exhibit = await mira.addExhibit(opened.id, { 'x.png': PNG }, { sensitivity: { protected_person: false, harmful: true } });
  await refused(mira.post(`${at}/${exhibit.id}/readings`, { what: 'opened', files: [1] }), 422, 'reading.reason');
  await refused(mira.post(`${at}/${exhibit.id}/readings`, { what: 'opened', files: [1], reason: '' }), 422, 'reading.reason');
  const ticket = await mira.post(`${at}/${exhibit.id}/readings`, { what: 'opened', files: [1], reason: 'Identifying the room.' });
  assert.equal((await fetchAt(ticket)).status, 200);
  const step = (await mira.get(`${at}/${exhibit.id}`)).custody.find((one) => one.kind === 'opened');
  assert.equal(step.text, 'Identifying the room.');
});
