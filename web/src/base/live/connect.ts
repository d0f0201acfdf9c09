// Connects this tab to the browser's one stream: by the SharedWorker, or, where there is none (Chrome on Android), by a
// leader among the tabs, which a lock elects and which passes on what it hears.
import { type LiveMessage, LiveSource } from './source';

export type Disconnect = () => void;

function byWorker(tell: (message: LiveMessage) => void): Disconnect {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'comity-live' });
  worker.port.onmessage = ({ data }: MessageEvent<LiveMessage>) => tell(data);
  worker.port.start();
  worker.port.postMessage('listen');
  const leave = () => worker.port.postMessage('leave');
  window.addEventListener('pagehide', leave);
  // A page that comes back from the browser's memory listens again, and may have missed something.
  const back = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    worker.port.postMessage('listen');
    tell({ kind: 'missed' });
  };
  window.addEventListener('pageshow', back);
  return () => {
    leave();
    window.removeEventListener('pagehide', leave);
    window.removeEventListener('pageshow', back);
  };
}

function byLeader(tell: (message: LiveMessage) => void): Disconnect {
  const channel = new BroadcastChannel('comity-live');
  const stop = new AbortController();
  channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => tell(data);
  void navigator.locks
    .request('comity-live', { signal: stop.signal }, () => {
      const source = new LiveSource('/api/v1/events', (message) => (tell(message), channel.postMessage(message)));
      source.open();
      return new Promise<void>((resolve) => {
        stop.signal.addEventListener('abort', () => (source.close(), resolve()));
      });
    })
    .catch(() => {}); // aborted while it waited for the lock
  return () => (stop.abort(), channel.close());
}

export function connectLive(tell: (message: LiveMessage) => void): Disconnect {
  return 'SharedWorker' in window ? byWorker(tell) : byLeader(tell);
}
