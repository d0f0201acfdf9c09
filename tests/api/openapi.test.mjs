// The description and the server are of one mind: what is described answers, and what answers is described.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ROOT, withNode } from '../support/node.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const node = await withNode(test);
const admin = await node.person('Ada Verhoeven', ['investigator', 'prosecutor'], true);
const document = node.contract.document;
const ABSENT = '0192f0a1-7c1e-7b32-9a51-3c9d2f60b7aa';

const operations = Object.entries(document.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => ({ path, method, base: item.servers?.[0]?.url ?? document.servers[0].url, operation: item[method] })));
const urlOf = ({ path, base }) => (base === '/' ? '' : base) + path.replace('{leaf}', '0'.repeat(64)).replace('{n}', '1').replace(/\{ticket\}/, 'A'.repeat(43)).replace(/\{[a-z]+\}/g, ABSENT);

test('every operation that is described exists', async () => {
  for (const one of operations) {
    if (['/me/session', '/me/sessions', '/node/identity/export', '/events'].includes(one.path)) continue; // would end this very story; told elsewhere
    const headers = { Cookie: admin.cookie, Origin: node.origin, ...(one.path.startsWith('/uploads') ? { 'Tus-Resumable': '1.0.0' } : {}) };
    const body = one.operation.requestBody ? '{}' : undefined;
    const answer = await fetch(node.origin + urlOf(one), { method: one.method.toUpperCase(), headers: { ...headers, ...(body ? { 'Content-Type': 'application/json' } : {}) }, body });
    const text = await answer.text();
    const where = `${one.method.toUpperCase()} ${one.path}: ${answer.status} ${text.slice(0, 200)}`;
    assert.ok(![405, 501, 500].includes(answer.status), where);
    if (answer.status === 404 && one.method !== 'head') assert.notEqual(JSON.parse(text).code, 'http.path_unknown', `${where}: no such route`);
    const described = one.operation.responses;
    assert.ok(described[answer.status] || [415, 413].includes(answer.status), `${where}: not described`);
  }
});

test('nothing that needs somebody answers nobody', async () => {
  for (const one of operations) {
    const security = one.operation.security ?? document.security;
    if (security.length === 0 || security.some((choice) => Object.keys(choice).length === 0)) continue;
    for (const headers of [{}, { Cookie: '__Host-comity=' + 'A'.repeat(43), Origin: node.origin }, { Authorization: 'Bearer cmty_' + 'A'.repeat(49) }]) {
      const answer = await fetch(node.origin + urlOf(one), { method: one.method.toUpperCase(), headers });
      await answer.arrayBuffer();
      assert.equal(answer.status, 401, `${one.method.toUpperCase()} ${one.path} with ${JSON.stringify(headers)}`);
    }
  }
});

/** The routes in the program's tables: "GET /api/v1/cases/{space}". */
async function routesOfSource() {
  const found = new Set();
  for (const folder of ['app', 'node', 'features']) {
    for (const entry of await readdir(join(ROOT, 'src', folder), { recursive: true })) {
      if (!entry.endsWith('.c')) continue;
      const text = await readFile(join(ROOT, 'src', folder, entry), 'utf8');
      const names = Object.fromEntries([...text.matchAll(/#define (\w+) ("[^"\n]*")/g)].map((match) => [match[1], match[2]]));
      for (const [, method, path] of text.matchAll(/\.method = "([A-Z]+)",\s*\.path = ([^,]+?),/g)) {
        const whole = path.trim().split(/\s+/).map((part) => JSON.parse(names[part] ?? part)).join('');
        found.add(`${method} ${whole}`);
      }
    }
  }
  return found;
}

test('every route of the server is described', { skip: !existsSync(join(ROOT, 'src/app')) && 'no source here' }, async () => {
  const routes = await routesOfSource();
  assert.ok(routes.size > 60, `${routes.size} routes found`);
  const described = new Set(operations.map((one) => `${one.method.toUpperCase()} ${(one.base === '/' ? '' : one.base) + one.path}`));
  const spelled = new Set([...described].map((line) => line.replace(/\{[a-z]+\}/g, '{}')));
  const missing = [...routes].filter((route) => !spelled.has(route.replace(/\{[a-z]+\}/g, '{}')));
  assert.deepEqual(missing, []);
});

test('the document is what its version says, and every reference leads somewhere', async () => {
  assert.match(document.openapi, /^3\.1\./);
  const text = JSON.stringify(document);
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = pointer.split('/').reduce((at, key) => at?.[key.replace(/~1/g, '/').replace(/~0/g, '~')], document);
    assert.ok(target, pointer);
  }
  const ids = operations.map((one) => one.operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(Object.keys(document.components.schemas).some((name) => name.startsWith('Act.exhibit.added')), 'the acts are described by their own tables');
});

test('health is text for probes, JSON for who asks for it', async () => {
  const plain = await fetch(node.origin + '/healthz');
  assert.equal(await plain.text(), 'ok\n');
  const json = await fetch(node.origin + '/healthz', { headers: { Accept: 'application/json' } });
  assert.deepEqual(await json.json(), { status: 'ok' });
});
