// The browser's own way back to a file after a reload, where it has one: it must be allowed anew by the person.
import { all } from './db';
import type { Root, TrayFile } from './types';

interface Asked {
  queryPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
  requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
}

/** The file behind @item, where the browser still gives it without asking. */
export async function fileOf({ handle }: Pick<TrayFile, 'handle'>): Promise<File | undefined> {
  if (!handle) return undefined;
  try {
    const state = await (handle as FileSystemFileHandle & Asked).queryPermission?.({ mode: 'read' });
    return state === undefined || state === 'granted' ? await handle.getFile() : undefined;
  } catch {
    return undefined; // it is not there any more
  }
}

/** Asks the person to let this page read the files of @items again: a folder once for all in it. To be called by a click. */
export async function askAgain(space: string, items: readonly TrayFile[]): Promise<void> {
  const roots = new Map((await all('roots', space)).map((root: Root) => [root.id, root.handle]));
  const asked = new Set<string>();
  for (const { handle, root } of items) {
    const place = (root ? roots.get(root) : handle) as (FileSystemHandle & Asked) | undefined;
    const key = root ?? handle?.name ?? '';
    if (!place || asked.has(key)) continue;
    if (root) asked.add(key);
    try {
      if ((await place.queryPermission?.({ mode: 'read' })) === 'granted') continue;
      if ((await place.requestPermission?.({ mode: 'read' })) === 'denied') return;
    } catch {
      // it is not there any more: it will be said at the file
    }
  }
}
