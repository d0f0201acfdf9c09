// Verifying packages: records, and confirmations.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { COMITY } from '../support/node.mjs';
import { at, program, ratios, rounds, row, timed } from './measure.mjs';

async function made(name, ...args) {
  const file = at(name);
  await promisify(execFile)(program('package'), [file, ...args.map(String)]);
  return file;
}
const check = (file) => () => timed(COMITY, ['verify', file], { okay: [0, 3] });
const hash = (file) => () => timed('openssl', ['dgst', '-sha256', file]);
const wall = (result) => result.wall;
const cpu = (result) => result.cpu;

export async function verify({ quick, rounds: count }) {
  const records = quick ? 100_000 : 1_000_000;
  const file = await made('records.zip', records);
  const small = await made('few-records.zip', records / 10);
  const results = await rounds(quick ? count : 3, { openssl: hash(file), comity: check(file), few: check(small) });
  const memory = results.comity.map((result, n) => ((result.rss - results.few[n].rss) * 1024) / (records * 0.9));
  await Promise.all([rm(file), rm(small)]);
  const spoken = records.toLocaleString('en');
  return [
    row(`verifying a package of ${spoken} records`, '`openssl dgst -sha256` of the file', ratios(results, 'comity', 'openssl', wall), { bar: 4, goal: 1.5 }),
    row('the same, processor time', 'the same', ratios(results, 'comity', 'openssl', cpu)),
    row('the same, processor time', `${(records / 10).toLocaleString('en')} records`, ratios(results, 'comity', 'few', cpu), { bar: 10.5 }),
    row('memory a record', '-', memory, { unit: ' bytes' }),
  ];
}

export async function confirm({ quick, rounds: count }) {
  const confirmed = quick ? 10_000 : 20_000;
  const file = await made('confirmed.zip', confirmed + 100, confirmed);
  const bare = await made('unconfirmed.zip', confirmed + 100, confirmed, 'machine');
  const speed = async () => {
    const { stdout } = await promisify(execFile)('openssl', ['speed', '-seconds', '2', 'ecdsap256']);
    return { rate: Number(stdout.trim().split(/\s+/).at(-1)) };
  };
  const results = await rounds(count, { openssl: speed, comity: check(file), bare: check(bare) });
  await Promise.all([rm(file), rm(bare)]);
  const rates = results.comity.map((result, n) => confirmed / (result.cpu - results.bare[n].cpu) / results.openssl[n].rate);
  return [
    row('checking confirmations, a second of processor time (verifying with them, less verifying the same without)', '`openssl speed ecdsap256`, one thread', rates, { bar: 0.7, goal: 0.9, least: true }),
  ];
}
