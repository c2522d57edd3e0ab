import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { msUntil } from '../databases.ts';
import { count, type Outcome, type Send, sendFor } from '../load.ts';

/** The gateway, by the port of the cluster's first node (kind-config.yaml). */
const gateway = 'http://127.0.0.1:8080';

/** What a request carries besides its path. */
export type Asking = {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An answer of the gateway. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** Sends a request to the shop on a connection of its own, so that each may come to another pod of the gateway. */
export function ask(path: string, { method = 'GET', body, headers }: Asking = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const type = body && { 'content-type': 'application/json' };
  const call = request(`${gateway}${path}`, { method, agent: false, headers: { ...type, ...headers } });
  call.on('response', (response) => {
    json(response).then(
      (read) =>
        resolve({ status: response.statusCode ?? 0, body: read as Readonly<Record<string, unknown>> }),
      reject,
    );
  });
  call.on('error', reject);
  call.end(body && JSON.stringify(body));
  return promise;
}

/** The RPC by which the gateway asks pricing for prices, single ones too. */
export const PRICES = 'ecommerce.PricingService/GetPricesBatch';

/** Asks for the price of one product, which only the gateway and pricing take part in. @param budgetMs how long it may take */
export function askPrice(budgetMs: number): Send {
  const headers = { 'x-request-timeout-ms': String(budgetMs) };
  return async () => String((await ask('/api/products/17/price', { headers })).status);
}

/** Asks for what is not there: the control, which takes what any request takes that waits for nobody. */
export const askNothing: Send = async () => String((await ask('/api/nothing')).status);

/** @throws Error where the shop does not answer as it should before anything is done to it */
export async function proveHealthy(send: Send, expected = '200'): Promise<void> {
  const mostMs = 90_000;
  const well = async () => (await send('warm-up').catch(String)) === expected;
  if ((await msUntil(mostMs, well)) === mostMs)
    throw new Error('the shop does not answer before anything is done to it');
  let outcomes: readonly Outcome[] = [];
  // What has just been rolled out may need some more moments.
  for (let tries = 0; tries < 10; tries++) {
    outcomes = await sendFor(1_000, 20, send);
    if (count(outcomes, expected) === outcomes.length) return;
  }
  const failed = outcomes.length - count(outcomes, expected);
  throw new Error(`${failed} of ${outcomes.length} requests failed before anything was done`);
}
