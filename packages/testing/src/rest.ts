/** The demo accounts by what they are. */
export type DemoAccount = 'standard' | 'vip' | 'wholesale' | 'merchant';

/** An answer of the gateway, its JSON read. */
export type RestAnswer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  readonly body: any;
};

/** Calls the gateway: `rest('PUT', '/api/...', { body, token })`. */
export type Rest = (
  method: string,
  path: string,
  options?: { body?: unknown; token?: string; headers?: Record<string, string> },
) => Promise<RestAnswer>;

/** A caller of a gateway's REST API. Bodies that are no string go as JSON. */
export function restClient(gateway: string): Rest {
  return async (method, path, { body, token, headers } = {}) => {
    const response = await fetch(gateway + path, {
      method,
      headers: {
        ...(body !== undefined && typeof body !== 'string' && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  };
}

/** Opens a session of a demo account. @returns its token. */
export async function signIn(rest: Rest, account: DemoAccount): Promise<string> {
  const answer = await rest('POST', '/api/sessions', {
    body: { email: `${account}@demo.test`, password: 'hotpath' },
  });
  if (answer.status !== 201) throw new Error(`no session for ${account}: ${JSON.stringify(answer.body)}`);
  return answer.body.token;
}
