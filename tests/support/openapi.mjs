// Holds every exchange against the OpenAPI document that the server itself gives: path, method, body, status, headers, answer.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export class Contract {
  constructor(document) {
    this.document = document;
    this.base = new URL(document.servers?.[0]?.url ?? '/api/v1', 'http://any').pathname.replace(/\/$/, '');
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    addFormats(this.ajv);
    this.ajv.addFormat('binary', true);
    this.ajv.addSchema(document, 'api');
    this.compiled = new Map();
    this.seen = new Set(); // operationIds that a test used
    this.paths = Object.keys(document.paths)
      .map((path) => ({ path, pattern: new RegExp('^' + path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+') + '$'), literals: path.replace(/\{[^}]+\}/g, '').length }))
      .sort((a, b) => b.literals - a.literals);
  }

  #resolve(thing) {
    while (thing?.$ref) thing = thing.$ref.slice(2).split('/').reduce((at, key) => at[key.replace(/~1/g, '/').replace(/~0/g, '~')], this.document);
    return thing;
  }

  #check(schema, value, where) {
    const key = JSON.stringify(schema);
    if (!this.compiled.has(key)) {
      // References are into the document: give them its address.
      const local = JSON.parse(key, (name, inner) => (name === '$ref' && typeof inner === 'string' && inner.startsWith('#') ? 'api' + inner : inner));
      this.compiled.set(key, this.ajv.compile(local));
    }
    const validate = this.compiled.get(key);
    if (!validate(value)) throw new Error(`${where} breaks the API description: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 1500)}`);
  }

  operation(method, url) {
    const path = new URL(url, 'http://any').pathname;
    const inside = path.startsWith(this.base + '/') ? path.slice(this.base.length) : path;
    const found = this.paths.find((candidate) => candidate.pattern.test(inside) || candidate.pattern.test(path));
    const item = found && this.#resolve(this.document.paths[found.path]);
    return { path: found?.path, operation: item?.[method.toLowerCase()], shared: item?.parameters ?? [] };
  }

  /** @param exchange {method, url, requestBody, requestType, status, headers, body, bodyType} */
  check(exchange) {
    const { method, url, status } = exchange;
    const where = `${method} ${new URL(url, 'http://any').pathname} -> ${status}`;
    const { path, operation, shared } = this.operation(method, url);
    if (!operation) {
      if ([404, 405, 400, 501].includes(status)) return;
      throw new Error(`${where}: not in the API description`);
    }
    this.seen.add(operation.operationId);
    const wanted = status < 400;
    if (wanted && exchange.requestBody !== undefined) {
      const body = this.#resolve(operation.requestBody);
      const media = body?.content?.[exchange.requestType];
      if (!media) throw new Error(`${where}: ${path} takes no ${exchange.requestType}`);
      if (exchange.requestType.includes('json')) this.#check(media.schema, exchange.requestBody, where + ' request');
    }
    if (wanted) this.#checkQuery(operation, shared, url, where);
    const answer = this.#resolve(operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`] ?? operation.responses.default);
    if (!answer) {
      if ([408, 411, 413, 415, 417, 421, 429, 431, 503, 507].includes(status)) return; // what any operation may meet
      if (status === 500 && this.mayFail) return; // where a test breaks the machine below the node
      // A conditional GET of what carries an ETag.
      if (status === 304 && method === 'GET' && this.#resolve(operation.responses[200])?.headers?.ETag) return;
      throw new Error(`${where}: this status is not in the API description of ${path}`);
    }
    for (const [name, header] of Object.entries(answer.headers ?? {})) {
      const value = exchange.headers.get(name);
      if (value === null && this.#resolve(header).required) throw new Error(`${where}: without the header ${name}`);
    }
    if (method === 'HEAD' || !answer.content) {
      if (method !== 'HEAD' && exchange.body !== undefined && exchange.body !== '') throw new Error(`${where}: a body that is not described`);
      return;
    }
    const type = (exchange.bodyType ?? '').split(';')[0];
    const media = answer.content[type] ?? answer.content['*/*'];
    if (!media) throw new Error(`${where}: answers ${type}, described: ${Object.keys(answer.content)}`);
    if (type.includes('json')) this.#check(media.schema, exchange.body, where + ' answer');
  }

  #checkQuery(operation, shared, url, where) {
    const known = [...shared, ...(operation.parameters ?? [])].map((parameter) => this.#resolve(parameter)).filter((parameter) => parameter.in === 'query');
    for (const name of new URL(url, 'http://any').searchParams.keys()) {
      if (!known.some((parameter) => parameter.name === name)) throw new Error(`${where}: query “${name}” is not described`);
    }
  }
}
