// What lies in the tray.
import type { Facts } from '../../facts/values';

/** waiting: in the queue; moving: its bytes go; paused: by a person; broken: needs one; arrived: stored and hashed. */
export type FileState = 'waiting' | 'moving' | 'paused' | 'broken' | 'arrived';

/** Why a file needs somebody. absent: this browser holds its name, not its bytes (it was closed meanwhile). */
export type Cause = 'line' | 'absent' | 'unreadable' | 'full' | 'too_large' | 'refused' | 'signed_out' | 'node';

export type Duplicate = { exhibit: string; number: string; file: number } | { twin: string };

/** What is kept of a file in this browser, so that a reload loses nothing. */
export interface StoredFile {
  key: string;
  space: string;
  name: string;
  /** Within the folder that was dropped, with its name; the name alone where there was none. */
  path: string;
  size: number;
  /** When the file was last changed, in milliseconds; null where only the node knows of it. */
  modified: number | null;
  /** The node's id of the upload, once it began. */
  upload: string | null;
  /** The browser's own way back to the file; some browsers have none. */
  handle?: FileSystemFileHandle;
  /** The dropped folder that it lies in. */
  root?: string;
  /** Not made part of an exhibit. */
  leftOut: boolean;
  /** A duplicate that stays all the same. */
  kept: boolean;
  /** The exhibit in the making that it belongs to. */
  plan: string | null;
}

export interface TrayFile extends StoredFile {
  state: FileState;
  cause?: Cause | undefined;
  /** The line is broken, and it tries again by itself. */
  retrying?: boolean;
  /** Bytes on their way or there. */
  sent: number;
  /** Bytes a second. */
  rate: number;
  file?: File | undefined;
  sha256?: string | undefined;
  type?: string | undefined;
  /** When it had arrived. */
  at?: number | undefined;
  /** Until when the node keeps it without an exhibit. */
  expires?: string | undefined;
  duplicate?: Duplicate | undefined;
}

/** An exhibit in the making: what is said about it, and what has been made of it so far. */
export interface Plan {
  id: string;
  space: string;
  /** Null where the files join an exhibit that stands already. */
  facts: Facts | null;
  /** Once it is made, or where the files join a standing one. */
  exhibit: string | null;
  number: string | null;
  /** The request on its way: sent again under the same key, it acts once. */
  batch: { key: string; uploads: string[] } | null;
  /** How many files it has taken. */
  taken: number;
  /** Why it stands still: the API's code. */
  stopped?: { code: string; detail: string } | undefined;
}

/** A dropped folder, through which the browser may be asked for all its files at once. */
export interface Root {
  id: string;
  space: string;
  handle: FileSystemDirectoryHandle;
}
