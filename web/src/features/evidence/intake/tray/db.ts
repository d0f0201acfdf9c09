// The tray's memory in this browser. Signing out empties it (Clear-Site-Data). Where the browser refuses storage, the
// tray works without: then only the node remembers what has come so far.
import type { FactValues } from '../../facts/values';
import type { Plan, Root, StoredFile } from './types';

const name = 'comity-tray';
const stores = { files: 'key', plans: 'id', roots: 'id', drafts: 'space' } as const;
type Store = keyof typeof stores;

interface Kept {
  files: StoredFile;
  plans: Plan;
  roots: Root;
  drafts: { space: string; values: FactValues };
}

/** Storage that was just cleared may never answer, and the page must not wait for it for ever. */
const patience = 4000;

let opened: Promise<IDBDatabase | null> | undefined;

function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => {
        for (const [store, keyPath] of Object.entries(stores)) {
          const made = request.result.createObjectStore(store, { keyPath });
          if (keyPath !== 'space') made.createIndex('space', 'space');
        }
      };
      request.onsuccess = () => {
        // Signed out in another tab: the next question opens it anew.
        request.result.onclose = () => void (opened = undefined);
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error());
  });
}

async function change(store: Store, act: (objects: IDBObjectStore) => void): Promise<void> {
  try {
    const transaction = (await open())?.transaction(store, 'readwrite');
    if (!transaction) return;
    act(transaction.objectStore(store));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error());
    });
  } catch {
    // storage is refused or full: the tray goes on in memory
  }
}

export function put<S extends Store>(store: S, ...values: Kept[S][]): Promise<void> {
  return change(store, (objects) => values.forEach((value) => objects.put(value)));
}

export function drop(store: Store, ...keys: string[]): Promise<void> {
  return change(store, (objects) => keys.forEach((key) => objects.delete(key)));
}

/** What @ask finds; @otherwise where storage refuses or is silent. */
async function read<T>(otherwise: T, ask: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      opened = undefined; // the next question tries anew
      resolve(otherwise);
    }, patience);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}

export function get<S extends Store>(store: S, key: string): Promise<Kept[S] | undefined> {
  return read<Kept[S] | undefined>(undefined, async () => {
    const objects = (await open())?.transaction(store).objectStore(store);
    return objects && answer(objects.get(key) as IDBRequest<Kept[S] | undefined>);
  });
}

/** Everything of one case. */
export function all<S extends Exclude<Store, 'drafts'>>(store: S, space: string): Promise<Kept[S][]> {
  return read<Kept[S][]>([], async () => {
    const objects = (await open())?.transaction(store).objectStore(store);
    return objects ? answer(objects.index('space').getAll(space) as IDBRequest<Kept[S][]>) : [];
  });
}
