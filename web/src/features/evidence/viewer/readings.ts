// Reading is an act: it is recorded, and answered with a ticket of fifteen minutes that opens the bytes.
//   R1  A file that is on screen is read once a ticket, however often its page is drawn.
//   R2  Harmful material is read anew each time it is shown, with its reason.
//   R3  Tickets live in memory only, and never in the query cache: loading afresh must not read again.
import { useCallback, useEffect, useState } from 'react';
import { api, body, type Schemas } from '../../../api/client';

export interface Reading {
  /** The path of a file's bytes. */
  url: (n: number, query?: { page?: number; download?: '1' }) => string;
  at: number;
  expires: number;
}

interface Wanted {
  space: string;
  exhibit: string;
  files: number[];
  what: Schemas['CustodyStep']['kind'] & ('opened' | 'downloaded');
  reason?: string | undefined;
}

export async function read({ space, exhibit, files, what, reason }: Wanted): Promise<Reading> {
  const { base, expires } = await body(
    api.POST('/spaces/{space}/evidence/{exhibit}/readings', {
      params: { path: { space, exhibit } },
      body: { what, files, ...(reason ? { reason } : {}) },
    }),
  );
  return {
    url: (n, query) => `${base}files/${n}${query ? `?${new URLSearchParams(query as Record<string, string>)}` : ''}`,
    at: Date.now(),
    expires: new Date(expires).getTime(),
  };
}

const open = new Map<string, Promise<Reading>>();
const margin = 20_000;

/** The reading that has this file open; a new one where there is none, or where it runs out. */
function readOnce(space: string, exhibit: string, file: number): Promise<Reading> {
  const key = `${space}/${exhibit}/${file}`;
  const before = open.get(key);
  const reading = before
    ? before.then((one) => (one.expires - margin > Date.now() ? one : fresh()))
    : fresh();
  function fresh(): Promise<Reading> {
    return read({ space, exhibit, files: [file], what: 'opened' });
  }
  open.set(key, reading);
  reading.catch(() => open.delete(key)); // a refused reading may be tried again
  return reading;
}

export interface Opening {
  reading: Reading | undefined;
  error: unknown;
  /** Reads again: the ticket has run out, or the first try failed. */
  again: () => void;
}

/** Opens @file while @enabled. */
export function useOpening(space: string, exhibit: string, file: number, enabled: boolean): Opening {
  const [state, setState] = useState<{ key: string; reading?: Reading; error?: unknown }>();
  const [turn, setTurn] = useState(0);
  const key = `${space}/${exhibit}/${file}/${turn}`;
  useEffect(() => {
    if (!enabled) return;
    let wanted = true;
    readOnce(space, exhibit, file).then(
      (reading) => wanted && setState({ key, reading }),
      (error: unknown) => wanted && setState({ key, error }),
    );
    return () => void (wanted = false);
  }, [space, exhibit, file, enabled, key]);
  const again = useCallback(() => {
    open.delete(`${space}/${exhibit}/${file}`);
    setTurn((count) => count + 1);
  }, [space, exhibit, file]);
  const current = state?.key === key ? state : undefined;
  return { reading: current?.reading, error: current?.error, again };
}
