// The one door to the node's API. Types come from the OpenAPI document, none by hand. Every failed answer is thrown as
// a Problem; a write carries an Idempotency-Key, so that a repeated one (a lost line, a double click) acts once.
import createClient, { type Middleware } from 'openapi-fetch';
import { Problem, problemFrom } from './problem';
import type { components, paths } from './schema';

const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
// What carries a challenge that serves once, or a token, cannot act twice anyway, and its answer is kept nowhere.
const onceAnyway = /\/api\/v1\/(sign-in|enrolment|confirmations|me)(\/|$)/;

/** Told of every 401, so that the app can go to its sign-in page. */
let signedOut: () => void = () => {};
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

const middleware: Middleware = {
  onRequest({ request }) {
    // A caller that outlives its page (the tray) brings a key of its own.
    if (unsafe.has(request.method) && !request.headers.has('Idempotency-Key') && !onceAnyway.test(new URL(request.url).pathname)) {
      request.headers.set('Idempotency-Key', crypto.randomUUID());
    }
  },
  async onResponse({ response }) {
    if (response.ok) return;
    const problem = await problemFrom(response);
    if (problem.status === 401) signedOut();
    throw problem;
  },
  onError({ error }) {
    if (error instanceof Problem) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new Problem({ status: 0, code: 'network' }); // no line to the node
  },
};

export const api = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin' });
api.use(middleware);

/** The body of an answer; a failed call has thrown already. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/** The body with the tag of its version, to be handed back by `ifMatch` when it is edited. */
export async function tagged<T>(call: Promise<{ data?: T; response: Response }>): Promise<{ value: T; etag: string | null }> {
  const { data, response } = await call;
  return { value: data as T, etag: response.headers.get('ETag') };
}

export function ifMatch(etag: string | null): Record<string, string> {
  return etag ? { 'If-Match': etag } : {};
}

/** The schemas of the OpenAPI document by name: `Schemas['Exhibit']`. */
export type Schemas = components['schemas'];
