// Evidence on its way in: over HTTP by tus, in one PATCH and in several, and without HTTP.
import { mkdir, rm } from 'node:fs/promises';
import { TestNode } from '../support/node.mjs';
import { at, cleanup, folder, nginx, peakOf, program, quietly, ratios, rounds, row, timed } from './measure.mjs';

const MIB = 1 << 20;
const SIZE = 256;
const PART = 64;
const PORT = 19871;
const b64 = (text) => Buffer.from(text).toString('base64');
const wall = (result) => result.wall;
const cpu = (result) => result.cpu;

async function randomFile(name, mib) {
  await timed('sh', ['-c', `openssl enc -aes-256-ctr -pass pass:bench -nosalt -pbkdf2 -in /dev/zero 2>/dev/null | head -c ${mib * MIB} >${at(name)}`]);
  return at(name);
}

/** One upload by curl: `parts` are files, each sent by a PATCH of its own. */
async function upload(node, client, space, parts, size) {
  const made = await client.exchange('POST', '/uploads', {
    headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(size * MIB), 'Upload-Metadata': `filename ${b64('a.bin')},space ${b64(space)}` },
  });
  const place = new URL(made.headers.get('location'), node.origin).href;
  const step = (size * MIB) / parts.length;
  const common = ['-sS', '--fail', '-X', 'PATCH', '-H', 'Expect:', '-H', 'Tus-Resumable: 1.0.0', '-H', 'Content-Type: application/offset+octet-stream', '-H', `Authorization: Bearer ${client.token}`];
  const args = parts.flatMap((part, n) => [...(n ? ['--next'] : []), ...common, '-H', `Upload-Offset: ${n * step}`, '-T', part, place]);
  const result = await timed('curl', args, { servers: [node.process.pid] });
  await client.exchange('DELETE', place, { headers: { 'Tus-Resumable': '1.0.0' } });
  return result;
}

async function put(server, file) {
  await rm(at('dav/f'), { force: true });
  return timed('sh', ['-c', `curl -sS --fail -T ${file} -H Expect: ${server.origin}/dav/f && sync ${at('dav/f')}`], { servers: [server.pid] });
}

async function seal(file) {
  await rm(at('sealed'), { recursive: true, force: true });
  await mkdir(at('sealed'));
  return timed(program('seal'), [file, at('sealed')]);
}

/** What an upload of another size takes of time and memory, on a node of its own. */
async function growth(node, client, space, small, file, count) {
  const results = { small: [], whole: [] };
  for (let n = 0; n < count; n++) results.small.push(await upload(node, client, space, [small], SIZE / 8));
  const peak = peakOf(node.process.pid);
  for (let n = 0; n < count; n++) results.whole.push(await upload(node, client, space, [file], SIZE));
  return { times: ratios(results, 'whole', 'small', cpu), memory: [peakOf(node.process.pid) / peak] };
}

export async function intake({ rounds: count }) {
  await mkdir(at('dav'), { recursive: true });
  const file = await randomFile('in.bin', SIZE);
  const small = await randomFile('small.bin', SIZE / 8);
  await timed('split', ['-b', `${PART}M`, '-d', file, at('part.')]);
  const parts = Array.from({ length: SIZE / PART }, (_, n) => at(`part.0${n}`));
  const node = await TestNode.create({ folder: `${folder}/intake` });
  cleanup(() => node.remove());
  await node.start([], quietly());
  const client = await node.machine();
  const { id: space } = await client.openCase();
  const server = await nginx(PORT, 'ok');
  const grown = await growth(node, client, space, small, file, count);
  const results = await rounds(count, {
    openssl: () => timed('openssl', ['dgst', '-sha256', file]),
    nginx: () => put(server, file),
    patch: () => upload(node, client, space, [file], SIZE),
    patches: () => upload(node, client, space, parts, SIZE),
    seal: () => seal(file),
    sealSmall: () => seal(small),
  });
  await node.stop();
  return [
    row(`${SIZE} MiB over loopback HTTP: hashed, encrypted, durable`, '`openssl dgst -sha256` of the file', ratios(results, 'patch', 'openssl', wall), { bar: 2.5, goal: 1.6 }),
    row('the same, processor time of client and server', 'the same', ratios(results, 'patch', 'openssl', cpu)),
    row('the same', 'nginx PUT + fsync', ratios(results, 'patch', 'nginx', wall), { bar: 1.1, goal: 0.9 }),
    row('the same, processor time of client and server', 'the same', ratios(results, 'patch', 'nginx', cpu)),
    row(`the same as ${PART} MiB PATCHes, each durable`, 'one PATCH', ratios(results, 'patches', 'patch', wall), { bar: 1.25, goal: 1.1 }),
    row(`taking ${SIZE} MiB in without HTTP`, '`openssl dgst -sha256` of the file', ratios(results, 'seal', 'openssl', wall), { bar: 1.5, goal: 1.2 }),
    row('the same, processor time', 'the same', ratios(results, 'seal', 'openssl', cpu)),
    row(`an upload of ${SIZE} MiB, processor time`, `${SIZE / 8} MiB`, grown.times, { bar: 8.4 }),
    row('most memory of a node with such uploads', `with those of ${SIZE / 8} MiB`, grown.memory, { bar: 1.1 }),
    row(`the same without HTTP, processor time`, `${SIZE / 8} MiB`, ratios(results, 'seal', 'sealSmall', cpu), { bar: 8.4 }),
  ];
}
