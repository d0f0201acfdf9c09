// Every file of the shared samples goes in and comes out byte for byte: real, odd and hostile ones.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import test from 'node:test';
import { sha256 } from '../support/client.mjs';
import { inGroups } from '../support/expect.mjs';
import { SHARED, withNode } from '../support/node.mjs';

const SAMPLES = join(SHARED, 'samples');
const PER_EXHIBIT = 40;

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

test('every sample comes out as it went in', { skip: !existsSync(SAMPLES) && 'no shared samples here' }, async (t) => {
  const node = await withNode(t);
  const machine = await node.machine('Intake station', 'all');
  const opened = await machine.openCase({ title: 'Every kind of file' });
  const paths = await filesOf(SAMPLES);
  assert.ok(paths.length > 50, `${paths.length} samples`);
  let bytesSeen = 0;
  for (let from = 0; from < paths.length; from += PER_EXHIBIT) {
    const chosen = paths.slice(from, from + PER_EXHIBIT);
    const take = async (path) => machine.upload(opened.id, path.split('/').at(-1), await readFile(path), { relativePath: relative(SAMPLES, path) });
    const uploads = await inGroups(chosen, 8, take);
    const exhibit = await machine.post(`/spaces/${opened.id}/evidence`, { title: `Samples from ${from}`, type: 'other', obtained: { how: 'other' }, uploads });
    const ticket = await machine.post(`/spaces/${opened.id}/evidence/${exhibit.id}/readings`, { what: 'downloaded', files: exhibit.file_list.map((file) => file.n) });
    for (const [n, path] of chosen.entries()) {
      const whole = await readFile(path);
      const file = exhibit.file_list[n];
      assert.deepEqual([file.name, file.size, file.sha256], [path.split('/').at(-1), whole.length, sha256(whole)]);
      const back = await machine.exchange('GET', `${ticket.base}files/${n + 1}?download=1`, { raw: true });
      assert.ok(back.body.equals(whole), `${relative(SAMPLES, path)} came back changed`);
      const shown = await machine.exchange('GET', `${ticket.base}files/${n + 1}`, { raw: true });
      const type = shown.headers.get('content-type');
      assert.ok(!/html|javascript|svg|xml/.test(type), `${relative(SAMPLES, path)} would be shown as ${type}`);
      bytesSeen += whole.length;
    }
  }
  t.diagnostic(`${paths.length} files, ${bytesSeen} bytes`);
});
