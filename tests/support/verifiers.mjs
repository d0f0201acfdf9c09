// Both verifiers of packages: the program's, and verify.html's engine under Node.js. They share no code and must agree.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comity, ROOT } from './node.mjs';

const { main } = await import(join(ROOT, 'verifier/dist/cli.mjs'));

/** What verify.html's engine says: {code, report}. `args` as of `comity verify`. */
export async function verifyHtml(path, args = []) {
  let printed = '';
  const code = await main([path, ...args, '--json'], (text) => (printed = text));
  return { code, report: printed ? JSON.parse(printed) : null };
}

export async function verifyC(path, args = []) {
  const { code, stdout } = await comity(['verify', path, ...args, '--json']);
  return { code, report: stdout ? JSON.parse(stdout) : null };
}

const placeOf = ({ code, file, line, feed, record, byte }) => ({ code, file, line, feed, record, byte });

/** What two reports must have in common, whatever words they choose. */
export function essence({ exit, trust, damages, export: made, nodes, witnesses, not_after, not_after_by, reached, remarks, left_out, counts, verify_html }) {
  const places = damages.map(placeOf);
  if (exit === 1) return { exit, damages: places };
  const { files, records, withheld, erased, void: voided, unknown, actless } = counts;
  return {
    exit, trust, damages: places, made, nodes, witnesses, not_after, not_after_by, reached, left_out, verify_html,
    remarks: remarks.map(({ what, feed, first, last }) => ({ what, feed, first, last })),
    counts: { files, records, withheld, erased, voided, unknown, actless },
  };
}

/** Asks both; fails where they differ. Gives the answer that they share. */
export async function bothSay(path, args = [], what = path) {
  const [c, html] = [await verifyC(path, args), await verifyHtml(path, args)];
  assert.equal(html.code, c.code, `${what}: exit`);
  if (c.report) assert.deepEqual(essence(html.report), essence(c.report), what);
  return c;
}

/** The same for bytes, which are left in `folder` where the two differ. */
export async function bothSayOf(bytes, folder, args = [], what = 'bytes') {
  const path = join(folder, `${what.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}.zip`);
  await writeFile(path, bytes);
  const answer = await bothSay(path, args, what);
  await rm(path);
  return answer;
}
