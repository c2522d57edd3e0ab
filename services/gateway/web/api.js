/** Calls the shop's API. The session's cookie goes along by itself. */

/** An answer that is a problem (RFC 9457), in words for people. */
export class Problem extends Error {
  constructor(status, { detail, title } = {}) {
    super(detail ?? title ?? `the server answered ${status}`);
    this.status = status;
  }
}

async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Problem(0, { detail: 'The shop cannot be reached.' });
  });
  const answer = response.status === 204 ? undefined : await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

const query = (given) => new URLSearchParams(Object.entries(given).filter(([, value]) => value));

/** A page of products: {items, nextPageToken}. */
export const listProducts = (filter) => call('GET', `/api/products?${query(filter)}`);
/** Opens a session: {token, expiresAt}. */
export const createSession = (email, password) => call('POST', '/api/sessions', { email, password });
/** Ends the browser's session. */
export const endSession = () => call('DELETE', '/api/sessions');
/** Takes `percentOff` off a product until `endsAt`. */
export const startSale = (productId, percentOff, endsAt) =>
  call('POST', '/api/sales', { productIds: [productId], percentOff, endsAt });
