// What was dropped or chosen, as files with their place in their folder. Folders are walked through, however deep; where
// the browser gives handles they are kept, so that a reload needs no second drop. Everything is taken: a hidden file may
// be the evidence.
export interface Gathered {
  file: File;
  path: string;
  handle?: FileSystemFileHandle;
  root?: { id: string; handle: FileSystemDirectoryHandle };
}

type Take = (files: Gathered[]) => void;
const atOnce = 250;

/** Hands over what it finds in parts, so that the tray shows the first files while the last are still looked for. */
class Parts {
  private part: Gathered[] = [];

  constructor(private readonly take: Take) {}

  add(one: Gathered): void {
    this.part.push(one);
    if (this.part.length >= atOnce) this.flush();
  }

  flush(): void {
    if (this.part.length > 0) this.take(this.part);
    this.part = [];
  }
}

async function walkHandle(folder: FileSystemDirectoryHandle, path: string, root: NonNullable<Gathered['root']>, parts: Parts): Promise<void> {
  for await (const child of folder.values()) {
    const place = `${path}/${child.name}`;
    if (child.kind === 'directory') await walkHandle(child as FileSystemDirectoryHandle, place, root, parts);
    else parts.add({ file: await (child as FileSystemFileHandle).getFile(), path: place, handle: child as FileSystemFileHandle, root });
  }
}

async function walkEntry(entry: FileSystemEntry, path: string, parts: Parts): Promise<void> {
  const place = path ? `${path}/${entry.name}` : entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return parts.add({ file, path: place });
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const children = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (children.length === 0) return; // it gives a hundred at a time
    for (const child of children) await walkEntry(child, place, parts);
  }
}

interface WithHandle extends DataTransferItem {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

/** To be called while the drop event runs: afterwards the browser holds nothing of it any more. */
export function gatherDrop(data: DataTransfer, take: Take): Promise<void> {
  const dropped = [...data.items]
    .filter((item) => item.kind === 'file')
    .map((item: WithHandle) => ({
      handle: item.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null),
      entry: item.webkitGetAsEntry?.() ?? null,
      file: item.getAsFile(),
    }));
  const parts = new Parts(take);
  return (async () => {
    for (const { handle, entry, file } of dropped) {
      const known = await handle;
      if (known?.kind === 'directory') {
        const folder = known as FileSystemDirectoryHandle;
        await walkHandle(folder, folder.name, { id: crypto.randomUUID(), handle: folder }, parts);
      } else if (known && file) parts.add({ file, path: file.name, handle: known as FileSystemFileHandle });
      else if (entry?.isDirectory) await walkEntry(entry, '', parts);
      else if (file) parts.add({ file, path: file.name });
    }
    parts.flush();
  })();
}

/** Files or a folder that were chosen in the browser's own dialog. */
export function gatherChosen(list: FileList, take: Take): void {
  const parts = new Parts(take);
  for (const file of list) parts.add({ file, path: file.webkitRelativePath || file.name });
  parts.flush();
}
