import type { ProblemDetails } from '../../../src/schemas/problem.ts';

/** An answer that is a problem (RFC 9457), in words for people. `status` 0: no answer came. */
export class ProblemError extends Error {
  readonly status: number;
  /** Such as OUT_OF_STOCK; '' where the server said none. */
  readonly code: string;

  constructor(status: number, { code = '', detail, title }: Partial<ProblemDetails> = {}) {
    super(detail ?? title ?? `the server answered ${status}`);
    this.status = status;
    this.code = code;
  }
}

/** What goes along with a request. */
export type RequestOptions = {
  readonly body?: unknown;
  /** The Idempotency-Key, which makes a write repeatable. */
  readonly key?: string;
  readonly signal?: AbortSignal;
};

/**
 * Calls the gateway; the session's cookie goes along by itself.
 * @returns the answer's JSON, undefined where it has none
 * @throws ProblemError
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const { body, key, signal } = options;
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
  };
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  }).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new ProblemError(0, { detail: 'The shop cannot be reached. Is it running?' });
  });
  const answer = response.status === 204 ? undefined : await response.json().catch(() => ({}));
  if (!response.ok) throw new ProblemError(response.status, answer);
  return answer;
}

/** A query string of what is given and not empty. */
export function query(given: Readonly<Record<string, string | number | undefined>>): string {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return String(new URLSearchParams(entries.map(([name, value]) => [name, String(value)])));
}
