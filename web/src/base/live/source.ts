// One stream of live events for a whole browser: browsers allow six connections an origin over all tabs, so a stream a
// tab would freeze the seventh request. This module holds the stream; a SharedWorker runs it for all tabs.
//   V1  The browser itself resumes a stream that broke off, by Last-Event-ID. Where it gives up (an answer that is no
//       stream), we begin anew and say "missed": whoever listens loads afresh. The server says the same by `resync`.
//   V2  Nothing is fetched while nobody listens.

export interface LiveEvent {
  event: string;
  space?: string;
  id?: string;
  type?: string;
}

export type LiveMessage =
  | { kind: 'event'; event: LiveEvent }
  | { kind: 'missed' }
  | { kind: 'line'; open: boolean; since: number };

const events = [
  'case.changed', 'evidence.changed', 'upload.changed', 'export.changed', 'people.changed', 'job.changed', 'notice', 'record',
];
const pauses = [1000, 2000, 5000, 15_000, 30_000];

export class LiveSource {
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private line: LiveMessage = { kind: 'line', open: false, since: Date.now() };

  constructor(private readonly url: string, private readonly tell: (message: LiveMessage) => void) {}

  get state(): LiveMessage {
    return this.line;
  }

  open(): void {
    if (this.stream) return;
    const stream = new EventSource(this.url);
    this.stream = stream;
    stream.onopen = () => {
      if (this.failures > 0) this.tell({ kind: 'missed' });
      this.failures = 0;
      this.setLine(true);
    };
    stream.onerror = () => {
      this.setLine(false);
      if (stream.readyState === EventSource.CLOSED) this.again(); // V1
    };
    for (const name of events) {
      stream.addEventListener(name, ({ data }: MessageEvent<string>) => {
        this.tell({ kind: 'event', event: { ...(JSON.parse(data) as object), event: name } });
      });
    }
    for (const name of ['resync', 'reset']) stream.addEventListener(name, () => this.tell({ kind: 'missed' }));
  }

  close(): void {
    clearTimeout(this.timer);
    this.stream?.close();
    this.stream = null;
    this.failures = 0;
  }

  private again(): void {
    this.stream = null;
    const pause = pauses[Math.min(this.failures++, pauses.length - 1)];
    this.timer = setTimeout(() => this.open(), pause);
  }

  private setLine(open: boolean): void {
    if (this.line.kind === 'line' && this.line.open === open) return;
    this.line = { kind: 'line', open, since: Date.now() };
    this.tell(this.line);
  }
}
