// A package larger than the memory that verifying it may take: evidence is read in pieces, whatever its size.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { EXHIBIT, Lane, Node, packageOf } from '../support/forger.mjs';
import { LONG, ROOT } from '../support/node.mjs';

const MIB = 1 << 20;

/** The most memory that the verifier held at once, in MiB, over a package with a file of that size. */
async function peak(folder, size) {
  const big = Buffer.alloc(size, 'evidence ');
  const lane = new Lane(new Node('a.example'));
  const own = lane.found();
  const file = { sha256: `sha256:${createHash('sha256').update(big).digest('hex')}`, size, name: 'disk.img', path: '', media_type: 'application/octet-stream' };
  own.write('exhibit.added/1', { ...EXHIBIT, files: [file] }, { subject: 'a.example/disk' });
  own.write('export.made/1', { scope: 'whole', exhibits: [], purpose: '', readings: false }, { subject: 'a.example/export' });
  const zip = path(folder, `${size}.zip`);
  await writeFile(zip, packageOf(lane, own, { blobs: [big] }));
  const ask = `
    import { readFileSync } from 'node:fs';
    import { main } from ${JSON.stringify(path(ROOT, 'verifier/dist/cli.mjs'))};
    const code = await main([${JSON.stringify(zip)}], () => {});
    process.stdout.write(JSON.stringify({ code, peak: Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024 }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', ask], { maxBuffer: MIB });
  const told = JSON.parse(stdout);
  assert.equal(told.code, 3);
  return told.peak;
}

test('memory does not grow with the evidence', async () => {
  const folder = await mkdtemp(path(tmpdir(), 'comity-test-'));
  const size = (LONG ? 1024 : 192) * MIB;
  const [small, large] = [await peak(folder, MIB), await peak(folder, size)];
  await rm(folder, { recursive: true });
  assert.ok(large - small < 100, `${small} MiB, and ${large} MiB with ${size / MIB} MiB more of evidence`);
});
