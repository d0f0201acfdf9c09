// Texts that break programs, in every field that takes one: what is taken comes back byte for byte, what is not is refused with a
// sentence and the pointer of its field; and the package of that case verifies.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { everyPage, inGroups } from '../support/expect.mjs';
import { comity, SHARED, waitFor, withNode } from '../support/node.mjs';
import { bothSay } from '../support/verifiers.mjs';

const BLNS = join(SHARED, 'vectors/blns/blns.json');
const node = await withNode(test);
const ada = await node.person('Ada Verhoeven', ['investigator', 'prosecutor'], true);

/** Names as people have them, in every script that a case may meet, and texts that are written to hurt. */
const OWN = [
  'مريم الحسيني', '李小龙', '김수진', 'さくら 花子', 'Владимир Ёлкин', 'Ελένη Παπαδοπούλου', 'אסתר לוי', 'नेहा शर्मा', 'สมชาย ใจดี', 'தமிழ் செல்வி', 'ትርሃስ ገብረ', 'Գայանե', 'თამარ',
  'ປະເທດລາວ', 'မြန်မာ', 'ខ្មែរ', 'བོད་ཡིག', 'Nguyễn Thị Ánh', 'Þórður Æsir', 'Ọlájídé', 'ᏣᎳᎩ', 'ߒߞߏ', 'ሰላም', '𞤀𞤣𞤤𞤢𞤥', '𐤀𐤁', '👩‍👧‍👦🏳️‍🌈',
  'Zalgo: Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢', 'e\u0301 is not \u00e9', '\u202egpj.exe', '\ufeffBOM', '\u2028\u2029', '\uffff', '\u{10ffff}', '\u00a0', 'a\u00adb', '\u200f', '{{7*7}}', '${jndi:ldap://x}',
  '=HYPERLINK("http://x")', "'; DROP TABLE exhibit; --", '<img src=x onerror=alert(1)>', '%00%0a', '../../etc/passwd', 'C:\\con\\nul', 'a/b', '.', '..', '...', '\\', '"', '~', 'null', 'undefined', '-', ' ',
  'a\nb', 'a\tb', 'a\rb', '\u0001', '\u001b[2J', '\u007f', '\u009b31m', 'x'.repeat(200), '語'.repeat(200), 'x'.repeat(201), '😀'.repeat(201), '',
];
const TEXTS = [...new Set([...OWN, ...(existsSync(BLNS) ? JSON.parse(await readFile(BLNS, 'utf8')) : [])])];
const points = (text) => [...text].length;
const odd = (text) => /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text);
const line = (text) => !odd(text) && !/[\t\n\r]/.test(text);
const fits = (text, most, least = 1) => points(text) >= least && points(text) <= most;

/** @answer has taken the text, or refuses it as it should: TRUE where it was taken. */
function judged(answer, good, pointer, text) {
  const told = `${JSON.stringify(text)}: ${answer.status} ${JSON.stringify(answer.body)?.slice(0, 300)}`;
  if (good) {
    assert.ok(answer.status < 300, told);
    return true;
  }
  assert.equal(answer.status, 422, told);
  assert.equal(answer.body.pointer, pointer, told);
  assert.ok(answer.body.detail.length > 15, told);
  return false;
}

test('the cover of a case', async () => {
  let taken = 0;
  await inGroups(TEXTS, 8, async (text) => {
    const answer = await ada.exchange('POST', '/cases', { body: { title: text } });
    if (!judged(answer, line(text) && fits(text, 200), '/title', text)) return;
    assert.equal((await ada.get(`/cases/${answer.body.id}`)).title, text);
    taken++;
  });
  assert.ok(taken > OWN.length / 2, `${taken}`);
  // Each slice corrects a cover of its own, all that the text fits in one step.
  const fields = [['reference', 100, 1, line], ['offence', 400, 0, line], ['summary', 4000, 0, (one) => !odd(one)]];
  const correct = async (id, body) => ada.exchange('PATCH', `/cases/${id}`, { body, headers: { 'If-Match': (await ada.exchange('GET', `/cases/${id}`)).headers.get('etag') } });
  await Promise.all(Array.from({ length: 8 }, async (_, slice) => {
    const { id } = await ada.openCase();
    for (const text of TEXTS.filter((_, n) => n % 8 === slice)) {
      const [good, bad] = [true, false].map((wanted) => fields.filter(([, most, least, allowed]) => (allowed(text) && fits(text, most, least)) === wanted).map(([field]) => field));
      for (const field of bad) judged(await correct(id, { [field]: text }), false, `/${field}`, text);
      if (good.length === 0) continue;
      const answer = await correct(id, Object.fromEntries(good.map((field) => [field, text])));
      judged(answer, true, '', text);
      for (const field of good) assert.equal(answer.body[field], text);
    }
  }));
});

test('names of people, their titles and bodies', async () => {
  await inGroups(TEXTS, 8, async (text) => {
    for (const field of ['name', 'title', 'affiliation']) {
      const body = { name: 'Jon Arvik', title: '', affiliation: '', roles: ['clerk'], admin: false, [field]: text };
      const answer = await ada.exchange('POST', '/invitations', { body });
      if (!judged(answer, line(text) && fits(text, 200, field === 'name' ? 1 : 0), `/${field}`, text)) continue;
      assert.equal((await ada.get(`/people/${answer.body.person}`))[field], text);
    }
  });
});

test('exhibits with such titles, words and file names; and their package', async (t) => {
  const opened = await ada.openCase({ title: '\u202e<script>', reference: `${'語'.repeat(20)}/../"` });
  const names = new Map();
  await inGroups(TEXTS, 8, async (text) => {
    const metadata = ['filename', 'relative_path'].map((key) => `${key} ${Buffer.from(text).toString('base64')}`).join(',');
    const made = await ada.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '0', 'Upload-Metadata': `${metadata},space ${btoa(opened.id)}` } });
    const leads = !text.startsWith('/') && !text.split('/').includes('..');
    if (!leads || points(text) > 255) {
      assert.equal(made.status, 400, JSON.stringify(text));
      return;
    }
    assert.equal(made.status, 201, JSON.stringify(text));
    const upload = made.headers.get('location').split('/').at(-1);
    const titled = line(text) && fits(text, 200);
    const body = { title: text, description: text, type: 'other', obtained: { how: 'other', from: text, where: text }, uploads: [upload] };
    const first = await ada.exchange('POST', `/spaces/${opened.id}/evidence`, { body });
    if (!judged(first, titled, '/title', text)) {
      const other = await ada.exchange('POST', `/spaces/${opened.id}/evidence`, { body: { ...body, title: 'T', obtained: { how: 'other' } } });
      if (!judged(other, !odd(text), '/description', text)) assert.equal((await ada.exchange('POST', `/spaces/${opened.id}/evidence`, { body: { ...body, title: 'T', description: '', obtained: { how: 'other' } } })).status, 201);
    }
    names.set(upload, text || 'unnamed');
  });
  const items = await everyPage(ada, `/spaces/${opened.id}/evidence?limit=100`);
  assert.equal(items.length, names.size);
  const left = new Set(names.values());
  for (const item of items) {
    const whole = await ada.get(`/spaces/${opened.id}/evidence/${item.id}`);
    const [file] = whole.file_list;
    assert.ok(left.has(file.name), JSON.stringify(file.name));
    if (whole.title !== 'T') assert.deepEqual([whole.title, whole.description, whole.obtained.from], [file.name, file.name, file.name]);
    const answer = await ada.fetchFile(opened.id, item.id, 1);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-disposition'), /^attachment/);
  }
  const begun = await ada.confirm(await ada.post(`/spaces/${opened.id}/exports`, { exhibits: null, readings: true, purpose: OWN.filter((text) => !odd(text)).join('\n').slice(0, 900) }));
  const ready = await waitFor(async () => {
    const seen = await ada.get(`/exports/${begun.id}`);
    return seen.state !== 'writing' && seen;
  }, 'the package');
  assert.equal(ready.state, 'ready', ready.detail);
  const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const [path, card] = [join(folder, 'texts.zip'), join(folder, 'card')];
  const answer = await ada.exchange('GET', ready.file, { raw: true });
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename="[\u0020-\u007e]+"/);
  await writeFile(path, answer.body);
  await writeFile(card, await ada.get('/node/card'));
  assert.equal((await bothSay(path)).code, 3);
  assert.equal((await bothSay(path, ['--trust', card])).code, 0);
  const told = await comity(['verify', path, '--trust', card]);
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(told.stdout), 'the report moves no cursor');
  t.diagnostic(`${TEXTS.length} texts, ${items.length} exhibits`);
});

test('labels, reasons, names of tokens, and what is searched for', async () => {
  const [key] = (await ada.get('/me/passkeys')).items;
  for (const text of TEXTS) {
    const labelled = await ada.exchange('PATCH', `/me/passkeys/${key.id}`, { body: { label: text } });
    if (judged(labelled, line(text) && fits(text, 100), '/label', text)) assert.equal(labelled.body.label, text);
  }
  await inGroups(TEXTS, 8, async (text) => {
    for (const path of ['/cases?status=all&limit=1&q=', '/directory?q=', '/people?limit=1&q=']) {
      const found = await ada.exchange('GET', path + encodeURIComponent(text));
      assert.ok([200, 400].includes(found.status), `${path} ${JSON.stringify(text)}: ${found.status}`);
    }
  });
  await inGroups(TEXTS.slice(0, 80), 4, async (text) => {
    const made = await ada.exchange('POST', '/tokens', { body: { name: text, scopes: ['cases:read'] } });
    if (judged(made, line(text) && fits(text, 200), '/name', text)) assert.equal(made.body.name, text);
  });
  assert.ok(!/CRITICAL|assertion/i.test(node.log), node.log.slice(-2000));
});

test('the published list of naughty strings was among them', { skip: !existsSync(BLNS) && 'no shared vectors here' }, () => {
  assert.ok(TEXTS.length > 500, `${TEXTS.length}`);
});
