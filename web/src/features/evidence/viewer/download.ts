// Downloading is an act, too: recorded first, then the browser fetches the bytes by the ticket, under the file's name.
import { read } from './readings';

export async function download(space: string, exhibit: string, file: number, reason?: string): Promise<void> {
  const reading = await read({ space, exhibit, files: [file], what: 'downloaded', reason });
  const link = document.createElement('a');
  link.href = reading.url(file, { download: '1' });
  link.download = '';
  link.click();
}
