// Sends one file by tus and tells what comes of it. The node's offset is the truth: it is asked for before each go.
//   S1  A finished upload is no tus resource any more: where the answer to its last bytes was lost, the node is asked
//       what became of it, and nothing is sent a second time.
//   S2  A line that breaks is tried again for two minutes, each time a little later; then the tray takes over.
import type { Upload } from 'tus-js-client';
import { api, body, type Schemas } from '../../../../api/client';
import { Problem } from '../../../../api/problem';
import type { Cause, StoredFile } from './types';

const endpoint = '/api/v1/uploads';
const chunkSize = 64 * 1024 * 1024;
const pauses = [0, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000];

export type Arrived = Schemas['Upload'];

export interface Events {
  begun: (upload: string) => void;
  progress: (sent: number) => void;
  retrying: () => void;
  arrived: (upload: Arrived) => void;
  failed: (cause: Cause) => void;
}

type Source = Pick<StoredFile, 'space' | 'name' | 'path' | 'size' | 'modified' | 'upload'>;

/** What the node knows of an upload; undefined where it knows nothing (any more). */
export async function look(upload: string): Promise<Arrived | undefined> {
  try {
    return await body(api.GET('/uploads/{upload}', { params: { path: { upload } } }));
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

function causeOf(status: number): Cause {
  switch (status) {
    case 0:
    case 408:
    case 429:
      return 'line';
    case 401:
      return 'signed_out';
    case 403:
    case 404:
      return 'refused';
    case 413:
      return 'too_large';
    case 507:
      return 'full';
    default:
      return status >= 502 ? 'line' : 'node';
  }
}

/** Whether the bytes are still there: the stick was taken out, the file was changed under the browser's hands. */
async function readable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

function metadataOf({ space, name, path, modified }: Source, file: File): Record<string, string> {
  return {
    filename: name,
    space,
    ...(path === name ? {} : { relative_path: path }),
    ...(file.type ? { filetype: file.type } : {}),
    ...(modified === null ? {} : { last_modified: new Date(modified).toISOString() }),
  };
}

export class Transfer {
  private upload: Upload | undefined;
  private stopped = false;

  constructor(private readonly source: Source, private readonly file: File, private readonly events: Events) {}

  async start(): Promise<void> {
    try {
      const known = this.source.upload ? await look(this.source.upload) : undefined; // S1
      if (this.stopped) return;
      if (known && (known.state === 'arrived' || known.state === 'taken')) return this.events.arrived(known);
      await this.send(known?.state === 'on_the_way' ? known.id : undefined);
    } catch (error) {
      this.fail(error instanceof Problem ? causeOf(error.status) : 'node');
    }
  }

  /** Stops where it stands; what has come so far stays with the node. */
  stop(): void {
    this.stopped = true;
    void this.upload?.abort();
  }

  private fail(cause: Cause): void {
    if (!this.stopped) this.events.failed(cause);
    this.stopped = true;
  }

  private async send(known: string | undefined): Promise<void> {
    const tus = await import('tus-js-client');
    if (this.stopped) return;
    const upload = new tus.Upload(this.file, {
      endpoint: known ? null : endpoint,
      uploadUrl: known ? `${endpoint}/${known}` : null,
      metadata: metadataOf(this.source, this.file),
      chunkSize,
      retryDelays: pauses,
      storeFingerprintForResuming: false, // the tray itself remembers
      onUploadUrlAvailable: () => {
        upload.options.endpoint = null; // S1: one that has finished is not begun anew
        this.events.begun(upload.url!.split('/').at(-1)!);
      },
      onProgress: (sent) => this.events.progress(sent),
      onShouldRetry: (error) => this.again(error.originalResponse?.getStatus() ?? 0),
      onSuccess: () => void this.finish(),
      onError: (error) => void this.broke('originalResponse' in error ? (error.originalResponse?.getStatus() ?? 0) : 0),
    });
    this.upload = upload;
    upload.start();
  }

  private again(status: number): boolean {
    const worth = status === 0 || status === 409 || status === 423 || status === 429 || (status >= 500 && status !== 507);
    if (!worth) return false;
    this.events.retrying();
    void readable(this.file).then((there) => {
      if (there || this.stopped) return;
      void this.upload?.abort();
      this.fail('unreadable');
    });
    return true;
  }

  private async broke(status: number): Promise<void> {
    if (!(await readable(this.file))) return this.fail('unreadable');
    if (status === 410 || status === 404) return this.finish();
    this.fail(causeOf(status));
  }

  /** All bytes are there, as far as this side knows: the node says what they are. */
  private async finish(): Promise<void> {
    try {
      const id = this.upload?.url?.split('/').at(-1);
      const arrived = id ? await look(id) : undefined;
      if (this.stopped) return;
      if (arrived && (arrived.state === 'arrived' || arrived.state === 'taken')) {
        this.stopped = true;
        return this.events.arrived(arrived);
      }
      this.fail('node');
    } catch (error) {
      this.fail(error instanceof Problem ? causeOf(error.status) : 'node');
    }
  }
}

/** When the file was last changed, as the upload's own metadata has it; null where they do not say. */
export async function modifiedOf(upload: string): Promise<number | null> {
  const answer = await fetch(`${endpoint}/${upload}`, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
  const pair = answer.headers.get('Upload-Metadata')?.split(',').find((one) => one.startsWith('last_modified '));
  const time = pair ? Date.parse(atob(pair.split(' ')[1] ?? '')) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** Gives up an upload that has not arrived. */
export async function giveUp(upload: string): Promise<void> {
  await fetch(`${endpoint}/${upload}`, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => {});
}
