// A reader of server-sent events.
import { waitFor } from './node.mjs';

export class Events {
  /** Opens the stream of @client; @lastId resumes it. */
  static async open(client, lastId) {
    const events = new Events();
    events.list = [];
    events.ended = false;
    events.stop = new AbortController();
    const headers = { Accept: 'text/event-stream', ...(client.cookie ? { Cookie: client.cookie } : {}), ...(client.token ? { Authorization: `Bearer ${client.token}` } : {}) };
    if (lastId !== undefined) headers['Last-Event-ID'] = String(lastId);
    events.answer = await fetch(`${client.node.origin}/api/v1/events`, { headers, signal: events.stop.signal });
    events.reading = events.#read().catch(() => {}).finally(() => (events.ended = true));
    return events;
  }

  async #read() {
    let text = '';
    for await (const chunk of this.answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) this.#take(text.slice(0, end));
    }
  }

  #take(block) {
    const event = { id: null, event: 'message', data: '' };
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      const [field, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
      if (field in event) event[field] = value;
    }
    if (event.data || event.event !== 'message') this.list.push({ ...event, data: event.data ? JSON.parse(event.data) : null });
  }

  /** Waits for the first event that @fits. */
  find(fits, what) {
    return waitFor(() => this.list.find(fits), `the event ${what}; came: ${JSON.stringify(this.list)}`, 10_000);
  }

  async close() {
    this.stop.abort();
    await this.reading;
  }
}
