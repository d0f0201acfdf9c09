// Durable appends: readings by 64 HTTP clients, each an act, a record and its rows, against SQLite with a commit a row.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { TestNode } from '../support/node.mjs';
import { at, cleanup, folder, program, quietly, rounds, row, syncs, timed, wrk } from './measure.mjs';

async function target(name, counting) {
  const node = await TestNode.create({ folder: `${folder}/append-${name}` });
  cleanup(() => node.remove());
  await node.start([], quietly({ env: counting.env }));
  const client = await node.machine();
  const { id: space } = await client.openCase();
  const exhibit = await client.addExhibit(space, { 'a.txt': Buffer.from('a file') });
  const script = at(`post-${name}.lua`);
  await writeFile(
    script,
    `wrk.method = "POST"\nwrk.body = '{"what":"opened","files":[1]}'\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer ${client.token}"\n`,
  );
  return { node, url: `${node.origin}/api/v1/spaces/${space}/evidence/${exhibit.id}/readings`, script };
}

async function oneByOne(rows, env) {
  const place = at('sqlite');
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  return Number((await timed(program('append'), [place, String(rows)], { env })).out);
}

async function pair(name, ms, count, { seconds, rows }) {
  const counting = syncs(ms);
  const { node, url, script } = await target(name, counting);
  const clients = async (number) => {
    const before = counting.count();
    const { rate, requests } = await wrk(url, { seconds, script, clients: number });
    return { rate, syncs: (counting.count() - before) / requests };
  };
  const results = await rounds(count, { sqlite: () => oneByOne(rows, ms ? { ...counting.env, BENCH_SYNCS: at('unread') } : {}), one: () => clients(1), many: () => clients(64) });
  await node.stop();
  return {
    ratios: results.many.map((result, n) => result.rate / results.sqlite[n]),
    rise: results.many.map((result, n) => result.rate / results.one[n].rate),
    syncs: results.many.map((result) => result.syncs),
    note: `${Math.round(results.many.at(-1).rate)} a second`,
  };
}

export async function append({ quick, rounds: count }) {
  const seconds = quick ? 2 : 3;
  const plain = await pair('plain', 0, count, { seconds, rows: quick ? 3000 : 10_000 });
  const slow = await pair('slow', 2, Math.min(count, 3), { seconds, rows: 500 });
  return [
    row('appends by 64 HTTP clients, rows included', 'SQLite, 1 client, a commit a row', plain.ratios, { bar: 3, goal: 4.5, least: true, note: plain.note }),
    row('the same with 2 ms added to each sync', 'the same', slow.ratios, { bar: 10, goal: 20, least: true, note: slow.note }),
    row('syncs an append at 64 clients', '-', plain.syncs, { bar: 1 / 16, goal: 1 / 32, unit: '' }),
    row('appends by 64 HTTP clients', '1 client', plain.rise),
  ];
}
