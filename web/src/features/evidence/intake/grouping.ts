// One exhibit of all files, one a folder, or each file its own; and what kind of exhibit files make.
import type { ExhibitType } from '../queries';
import type { TrayFile } from './tray/types';

export type Mode = 'one' | 'folder' | 'each';

export interface Group {
  /** The folder or the file; empty where all are one. */
  name: string;
  files: TrayFile[];
}

/** The outermost folder that tells files apart; empty for a file without one. */
function folderOf(path: string, depth: number): string {
  return path.split('/').slice(0, -1).slice(0, depth).join('/');
}

/** How deep folders have to be looked at until they differ: one dropped folder with four in it makes four exhibits. */
function depthOf(files: readonly TrayFile[]): number {
  const deepest = files.reduce((most, { path }) => Math.max(most, path.split('/').length - 1), 0);
  for (let depth = 1; depth < deepest; depth++) {
    if (new Set(files.map(({ path }) => folderOf(path, depth))).size > 1) return depth;
  }
  return Math.max(1, deepest);
}

export function groupsBy(mode: Mode, files: readonly TrayFile[]): Group[] {
  if (mode === 'one') return files.length > 0 ? [{ name: '', files: [...files] }] : [];
  if (mode === 'each') return files.map((file) => ({ name: file.name, files: [file] }));
  const depth = depthOf(files);
  const groups = new Map<string, Group>();
  for (const file of files) {
    const folder = folderOf(file.path, depth);
    const name = folder.split('/').at(-1) ?? '';
    const group = groups.get(folder) ?? { name: name || file.name, files: [] };
    group.files.push(file);
    groups.set(folder, group);
  }
  return [...groups.values()];
}

const endings: Record<string, ExhibitType> = {
  jpg: 'image', jpeg: 'image', png: 'image', gif: 'image', webp: 'image', heic: 'image', heif: 'image', tif: 'image', tiff: 'image', bmp: 'image', avif: 'image',
  mp4: 'video', mov: 'video', webm: 'video', avi: 'video', mkv: 'video', m4v: 'video', '3gp': 'video', mpg: 'video',
  mp3: 'audio', ogg: 'audio', wav: 'audio', m4a: 'audio', flac: 'audio', opus: 'audio', amr: 'audio', aac: 'audio',
  pdf: 'document', doc: 'document', docx: 'document', odt: 'document', txt: 'document', rtf: 'document', xls: 'document', xlsx: 'document', ods: 'document', csv: 'document',
  html: 'web_capture', htm: 'web_capture', mhtml: 'web_capture', warc: 'web_capture', wacz: 'web_capture',
  eml: 'message_export', msg: 'message_export', mbox: 'message_export', pst: 'message_export',
  e01: 'disk_image', dd: 'disk_image', img: 'disk_image', vmdk: 'disk_image', aff4: 'disk_image', raw: 'disk_image',
  ufdr: 'device_extract', clbx: 'device_extract', ufd: 'device_extract',
};

function typeOf({ name, type }: TrayFile): ExhibitType {
  const ending = name.split('.').at(-1)?.toLowerCase() ?? '';
  const family = type?.split('/')[0];
  if (family === 'image' || family === 'video' || family === 'audio') return family;
  return endings[ending] ?? (type === 'application/pdf' ? 'document' : 'other');
}

/** What most of @files are. */
export function guessType(files: readonly TrayFile[]): ExhibitType {
  const counts = new Map<ExhibitType, number>();
  for (const file of files) counts.set(typeOf(file), (counts.get(typeOf(file)) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 'other';
}

/** "Phones: left drawer": what all are called, and what tells this one apart. */
export function titleOf(common: string, group: Group): string {
  const name = group.name;
  const title = common && name ? `${common}: ${name}` : common || name;
  return title.slice(0, 200);
}
