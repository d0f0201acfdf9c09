// A client of the API. Every exchange is held against the API description (openapi.mjs).
import { createHash } from 'node:crypto';

export class Problem extends Error {
  constructor(answer) {
    super(`${answer.status} ${answer.body?.code ?? ''}: ${answer.body?.detail ?? ''}`);
    Object.assign(this, answer);
  }
}

export class Client {
  constructor(node) {
    this.node = node;
    this.cookie = '';
  }

  /** One exchange: {status, headers, body}; `raw` gives the bytes. Throws nothing for refusals. */
  async exchange(method, path, { body, headers = {}, raw = false, type } = {}) {
    const url = new URL(path.startsWith('/api/') || path.startsWith('http') || path === '/healthz' || path === '/metrics' ? path : '/api/v1' + path, this.node.origin);
    const json = body !== undefined && !Buffer.isBuffer(body) && typeof body !== 'string';
    const requestType = type ?? (json ? 'application/json' : body !== undefined ? (headers['Content-Type'] ?? 'application/octet-stream') : undefined);
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      body: json ? JSON.stringify(body) : body,
      headers: {
        ...(requestType ? { 'Content-Type': requestType } : {}),
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
        ...(this.cookie ? { Cookie: this.cookie, Origin: this.node.origin } : { Origin: this.node.origin }),
        ...headers,
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      this.cookie = pair.endsWith('=') || /max-age=0/i.test(line) ? '' : pair;
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    const bodyType = answer.headers.get('content-type') ?? '';
    const parsed = raw && answer.ok ? bytes : bodyType.includes('json') && bytes.length ? JSON.parse(bytes.toString()) : bytes.length ? bytes.toString() : undefined;
    if (url.pathname.startsWith('/api/'))
      this.node.contract.check({ method: headers['X-HTTP-Method-Override'] ?? method, url: url.href, requestBody: body, requestType, status: answer.status, headers: answer.headers, body: raw && answer.ok ? undefined : parsed, bodyType });
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  /** The same, but a refusal is thrown as a Problem. */
  async call(method, path, options) {
    const answer = await this.exchange(method, path, options);
    if (answer.status >= 400) throw new Problem(answer);
    return answer.body;
  }
  get(path, options) {
    return this.call('GET', path, options);
  }
  post(path, body, options) {
    return this.call('POST', path, { body, ...options });
  }

  async enrol(token) {
    const { challenge_id, options } = await this.post('/enrolment/options', { token });
    const { client_data, attestation_object, transports } = this.authenticator.create(options);
    return this.post('/enrolment', { token, challenge_id, client_data, attestation_object, transports, label: 'Test key' });
  }

  async signIn(change = {}) {
    const { id, challenge } = await this.post('/sign-in/challenge');
    const assertion = this.authenticator.get(challenge, change);
    return this.post('/sign-in', { challenge_id: id, ...assertion, user_handle: this.authenticator.userHandle(assertion.credential) });
  }

  /** Does what `confirm` (the 202 answer's) asks for. */
  confirm(answer, change = {}) {
    return this.call('PUT', `/confirmations/${answer.confirm.id}`, { body: this.authenticator.get(answer.confirm.challenge, change) });
  }

  /** Uploads bytes by tus, in patches of `step`. The upload's id. */
  async upload(space, name, bytes, { step = bytes.length || 1, relativePath } = {}) {
    const b64 = (value) => Buffer.from(value).toString('base64');
    const metadata = [`filename ${b64(name)}`, `space ${b64(space)}`, ...(relativePath ? [`relative_path ${b64(relativePath)}`] : [])].join(',');
    const made = await this.exchange('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes.length), 'Upload-Metadata': metadata } });
    if (made.status !== 201) throw new Problem(made);
    const place = made.headers.get('location');
    for (let offset = 0; offset < bytes.length; offset += step) {
      const part = bytes.subarray(offset, Math.min(offset + step, bytes.length));
      const answer = await this.exchange('PATCH', place, {
        body: part,
        headers: { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      });
      if (answer.status !== 204) throw new Problem(answer);
    }
    return new URL(place, this.node.origin).pathname.split('/').at(-1);
  }

  openCase(more = {}) {
    return this.post('/cases', { reference: `T-${Math.floor(performance.now() * 1000)}`, title: 'Lantern', offence: 'Trafficking in persons', summary: 'A test.', ...more });
  }

  async addExhibit(space, files, more = {}) {
    const uploads = [];
    for (const [name, bytes] of Object.entries(files)) uploads.push(await this.upload(space, name, bytes));
    return this.post(`/spaces/${space}/evidence`, {
      title: Object.keys(files)[0],
      type: 'other',
      obtained: { how: 'search', where: 'Marrow Quay', when: '2026-11-12T09:14:00.000Z', by: 'T. Reny', authority: 'Order S-88/2026', from: 'The office' },
      uploads,
      ...more,
    });
  }

  /** The bytes of file `n`, fetched by ticket. */
  async fetchFile(space, exhibit, n = 1, headers = {}) {
    const ticket = await this.post(`/spaces/${space}/evidence/${exhibit}/readings`, { what: 'downloaded', files: [n] });
    return this.exchange('GET', `${ticket.base}files/${n}?download=1`, { raw: true, headers });
  }
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
