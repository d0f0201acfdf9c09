// The tray after a reload: what this browser remembers, set right by what the node knows. The node's word counts: where
// it holds more or less than this browser believed, this browser was wrong.
import { api, body } from '../../../../api/client';
import { all, drop } from './db';
import { fileOf } from './handles';
import type { Arrived } from './transfer';
import type { Plan, StoredFile, TrayFile } from './types';

async function uploadsOf(space: string): Promise<Map<string, Arrived>> {
  const known = new Map<string, Arrived>();
  let cursor: string | undefined;
  do {
    const page = await body(api.GET('/uploads', { params: { query: { space, limit: 200, ...(cursor ? { cursor } : {}) } } }));
    for (const upload of page.items) known.set(upload.id, upload);
    cursor = page.next ?? undefined;
  } while (cursor);
  return known;
}

function arrivedOf(upload: Arrived): Partial<TrayFile> {
  return {
    state: 'arrived', sent: upload.size, sha256: upload.sha256, type: upload.type, at: new Date(upload.created).getTime(),
    expires: upload.expires, duplicate: upload.duplicate_of,
  };
}

/** A file that this browser remembers. undefined: an exhibit has taken it. @uploads: null where the node did not answer. */
async function remembered(file: StoredFile, uploads: Map<string, Arrived> | null): Promise<TrayFile | undefined> {
  const upload = uploads?.get(file.upload ?? '');
  const base: TrayFile = { ...file, state: 'waiting', sent: 0, rate: 0 };
  if (upload?.state === 'taken') return undefined;
  if (upload?.state === 'arrived') return { ...base, ...arrivedOf(upload) };
  if (upload?.state === 'on_the_way') base.sent = upload.offset;
  else if (uploads) base.upload = null; // expired, or unknown to the node: from its beginning
  const bytes = await fileOf(file);
  return bytes ? { ...base, file: bytes } : { ...base, state: 'broken', cause: 'absent' };
}

/** A file that only the node knows of: sent from another browser, or before this one was signed out. */
function foreign(upload: Arrived, space: string): TrayFile {
  return {
    key: upload.id, space, name: upload.name, path: upload.relative_path || upload.name, size: upload.size, modified: null, upload: upload.id,
    leftOut: false, kept: false, plan: null, state: 'broken', cause: 'absent', sent: upload.offset, rate: 0,
    ...(upload.state === 'arrived' ? arrivedOf(upload) : {}),
  };
}

export async function restore(space: string): Promise<{ files: TrayFile[]; plans: Plan[] }> {
  const [local, plans, uploads] = await Promise.all([all('files', space), all('plans', space), uploadsOf(space).catch(() => null)]);
  const files: TrayFile[] = [];
  const taken: string[] = [];
  const mine = new Set<string>();
  for (const file of local) {
    if (file.upload) mine.add(file.upload);
    const one = await remembered(file, uploads);
    if (one) files.push(one);
    else taken.push(file.key);
  }
  for (const upload of uploads?.values() ?? []) {
    if (mine.has(upload.id) || upload.state === 'taken' || upload.state === 'expired') continue;
    if (upload.state === 'on_the_way' && upload.offset === 0) continue; // begun, and never a byte of it: nothing would be lost
    files.push(foreign(upload, space));
  }
  void drop('files', ...taken);
  return { files, plans };
}
