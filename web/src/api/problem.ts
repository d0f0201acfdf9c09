// RFC 9457 problem details, as every error of the API comes. `detail` says in one sentence what is wrong and what to
// do, in the server's English; pages translate by `code`, which is stable.
export interface ProblemDetails {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  code?: string;
  /** JSON pointer to the member of the request that was refused, e.g. "/title". */
  pointer?: string;
  request_id?: string;
}

export class Problem extends Error {
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.detail ?? details.title ?? `HTTP ${details.status}`);
    this.name = 'Problem';
    this.details = details;
  }

  get status(): number {
    return this.details.status;
  }

  get code(): string | undefined {
    return this.details.code;
  }

  get requestId(): string | undefined {
    return this.details.request_id;
  }
}

/** The problem that a failed answer describes; an answer of a proxy in between, without a body of ours, by its status. */
export async function problemFrom(response: Response): Promise<Problem> {
  const requestId = response.headers.get('Request-Id') ?? undefined;
  const body: unknown = await response.json().catch(() => null);
  const details = body && typeof body === 'object' ? (body as Partial<ProblemDetails>) : {};
  return new Problem({
    ...details,
    status: response.status,
    ...(details.request_id ?? requestId ? { request_id: (details.request_id ?? requestId)! } : {}),
  });
}
