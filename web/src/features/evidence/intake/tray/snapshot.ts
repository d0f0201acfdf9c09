// The tray as the page shows it: grouped, counted, with one rate and one time left.
import type { Plan, TrayFile } from './types';

export interface Made {
  exhibit: string;
  number: string;
  title: string;
  files: number;
  /** The files joined an exhibit that stood before. */
  joined: boolean;
}

export interface Snapshot {
  /** What this browser and the node remember has been read. */
  ready: boolean;
  /** Folders are still being walked through. */
  gathering: boolean;
  need: TrayFile[];
  moving: TrayFile[];
  waiting: TrayFile[];
  arrived: TrayFile[];
  leftOut: TrayFile[];
  /** Of no exhibit yet, and not left out: what the form is about. The same array until one more or less is among them. */
  free: TrayFile[];
  count: number;
  bytes: number;
  sent: number;
  /** Bytes a second, of all. */
  rate: number;
  /** Milliseconds; undefined while nobody can tell. */
  left: number | undefined;
  paused: boolean;
  /** Files that were chosen a second time while they lay here already. */
  twice: number;
  plans: Plan[];
  made: Made[];
}

export const empty: Snapshot = {
  ready: false, gathering: false, need: [], moving: [], waiting: [], arrived: [], leftOut: [], free: [], count: 0, bytes: 0, sent: 0, rate: 0,
  left: undefined, paused: false, twice: 0, plans: [], made: [],
};

/** Whether somebody has to say what becomes of it. */
export function needsSomebody(file: TrayFile): boolean {
  return file.state === 'broken' || (file.state === 'arrived' && file.duplicate !== undefined && !file.kept && !file.leftOut && file.plan === null);
}

export function groupsOf(files: Iterable<TrayFile>): Pick<Snapshot, 'need' | 'moving' | 'waiting' | 'arrived' | 'leftOut' | 'count' | 'bytes' | 'sent'> {
  const groups = {
    need: [] as TrayFile[], moving: [] as TrayFile[], waiting: [] as TrayFile[], arrived: [] as TrayFile[], leftOut: [] as TrayFile[],
  };
  let count = 0;
  let bytes = 0;
  let sent = 0;
  for (const file of files) {
    if (file.leftOut) {
      groups.leftOut.push(file);
      continue;
    }
    count++;
    bytes += file.size;
    sent += file.state === 'arrived' ? file.size : file.sent;
    if (needsSomebody(file)) groups.need.push(file);
    else if (file.state === 'arrived') groups.arrived.push(file);
    else if (file.state === 'moving') groups.moving.push(file);
    else groups.waiting.push(file);
  }
  groups.arrived.sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  return { ...groups, count, bytes, sent };
}
