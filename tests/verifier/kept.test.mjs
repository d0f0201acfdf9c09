// Every package that the C tests judge (forged with the node's own keys, changed in any way, mutated) is judged by the other verifier too.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../support/node.mjs';
import { essence, verifyHtml } from '../support/verifiers.mjs';

const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true }));

for (const program of ['package', 'package-changed', 'package-forged']) {
  test(`the packages of test-${program}`, async () => {
    const env = { ...process.env, COMITY_KEEP_PACKAGES: folder, G_TEST_SRCDIR: join(ROOT, 'tests/unit'), COMITY_SOURCE_ROOT: ROOT };
    await promisify(execFile)(join(ROOT, 'build/tests/unit', `test-${program}`), ['--tap'], { env, maxBuffer: 1 << 26 });
    const kept = (await readdir(folder)).filter((name) => name.startsWith(`test-${program}-`) && name.endsWith('.zip')).sort();
    assert.ok(kept.length > 20, `${kept.length} packages were kept`);
    for (const name of kept) {
      const stem = join(folder, name.slice(0, -'.zip'.length));
      const trust = existsSync(`${stem}.card`) ? ['--trust', `${stem}.card`] : [];
      const { report } = await verifyHtml(`${stem}.zip`, ['--acts', `${stem}.acts.json`, ...trust]);
      assert.deepEqual(essence(report), essence(JSON.parse(await readFile(`${stem}.report.json`, 'utf8'))), name);
    }
  });
}
