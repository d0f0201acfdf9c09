// The SharedWorker: holds the one stream while at least one signed-in tab is there, and hands every message to all.
/// <reference lib="webworker" />
import { type LiveMessage, LiveSource } from './source';

declare const self: SharedWorkerGlobalScope;

const tabs = new Set<MessagePort>();
const source = new LiveSource('/api/v1/events', (message: LiveMessage) => {
  for (const tab of tabs) tab.postMessage(message);
});

self.onconnect = ({ ports }) => {
  const tab = ports[0]!;
  tab.onmessage = ({ data }: MessageEvent<'listen' | 'leave'>) => {
    if (data === 'listen') {
      tabs.add(tab);
      tab.postMessage(source.state);
      source.open();
    } else {
      tabs.delete(tab);
      if (tabs.size === 0) source.close(); // V2
    }
  };
};
