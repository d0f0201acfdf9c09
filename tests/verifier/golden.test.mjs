// The stories of the executable model (tests/golden), each made into a package: the verifier gives every record the class that the
// model gives it. Forks can't be in a package, which holds one branch of each feed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { Lane, Node, packageOf } from '../support/forger.mjs';
import { ROOT } from '../support/node.mjs';
import { verifyHtml } from '../support/verifiers.mjs';

const folder = await mkdtemp(join(tmpdir(), 'comity-test-'));
test.after(() => rm(folder, { recursive: true }));
const env = { ...process.env, COMITY_KEEP_PACKAGES: folder, G_TEST_SRCDIR: join(ROOT, 'tests/unit'), COMITY_SOURCE_ROOT: ROOT };
await promisify(execFile)(join(ROOT, 'build/tests/unit/test-golden'), ['--tap'], { env, maxBuffer: 1 << 26 });
const types = JSON.parse(await readFile(join(folder, 'test-golden-0000.acts.json'), 'utf8'));

const leafOf = (header) => createHash('sha256').update(Buffer.concat([Buffer.from([0]), header])).digest();

/** The feeds of a story as far as their nodes signed them; null where one of them forks. */
function feedsOf({ arrivals, lane: id, space }) {
  const lane = Object.assign(new Lane(), { id, space });
  const nodes = new Map();
  const feeds = new Map();
  for (const one of arrivals.filter(({ signed }) => signed)) {
    const name = `${one.node}/${one.epoch}`;
    if (!nodes.has(one.node)) nodes.set(one.node, new Node(one.node));
    if (!feeds.has(name)) feeds.set(name, lane.feed(nodes.get(one.node), one.epoch));
    const header = Buffer.from(one.header, 'base64');
    const { records } = feeds.get(name);
    const twin = records[one.seq];
    if (twin && !twin.header.equals(header)) return null;
    records[one.seq] = { header, act: twin?.act || (one.act ? Buffer.from(one.act, 'base64') : ''), confirmation: '', leaf: leafOf(header) };
  }
  return lane;
}

/** Class of a record as the report tells it; what could not be placed is "not placed". */
function classesOf(report) {
  const stops = new Map(report.damages.filter(({ code }) => code === 'record.malformed' || code === 'record.waiting').map(({ feed, record }) => [feed, record]));
  return (feed, seq) => {
    if (seq >= (stops.get(feed) ?? Infinity)) return 'not placed';
    return report.remarks.find((remark) => remark.feed === feed && remark.first <= seq && seq <= remark.last)?.what ?? 'valid';
  };
}

for (const name of (await readdir(join(ROOT, 'tests/golden'))).filter((file) => file.endsWith('.json')).sort()) {
  const story = JSON.parse(await readFile(join(ROOT, 'tests/golden', name), 'utf8'));
  const lane = feedsOf(story);
  const whole = lane?.feeds.every(({ records }) => records.length > 0 && Object.keys(records).length === records.length);
  test(name.replace('.json', ''), { skip: !lane ? 'forks' : !whole ? 'has a gap' : false }, async () => {
    const known = Object.fromEntries(Object.entries(types).filter(([type]) => !story.without_types.includes(type)));
    const [zip, acts] = [join(folder, `${name}.zip`), join(folder, `${name}.acts.json`)];
    const last = lane.feeds[0];
    last.records.at(-1).head = { node: last.node.name, person: '', time: '2026-03-01T08:00:00.000Z', seq: last.records.length - 1 };
    await writeFile(zip, packageOf(lane, last));
    await writeFile(acts, JSON.stringify(known));
    const { report } = await verifyHtml(zip, ['--acts', acts]);
    const classOf = classesOf(report);
    const numbers = new Map(report.reached.map(({ feed, node, epoch }) => [`${node}/${epoch}`, feed]));
    const wanted = story.expected.classes.filter(({ feed }) => numbers.has(feed));
    assert.ok(wanted.length > 0);
    for (const { feed, seq, class: wants } of wanted) {
      const placed = ['malformed', 'waiting'].includes(wants) ? 'not placed' : wants;
      assert.equal(classOf(numbers.get(feed), seq), placed, `${feed} ${seq}: ${JSON.stringify(report.damages.slice(0, 4))}`);
    }
  });
}

test('each rule of docs/acts.json in words has its check, and no check is without a rule', async () => {
  const { CHECKS } = await import(join(ROOT, 'verifier/src/engine/acts.ts'));
  const published = JSON.parse(await readFile(join(ROOT, 'docs/acts.json'), 'utf8'));
  const worded = Object.entries(published).filter(([, { rule, corrects }]) => rule && !corrects);
  assert.deepEqual(Object.keys(CHECKS).sort(), worded.map(([name]) => name).sort());
});
