import { Agent, request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents, restClient, signIn } from '@hotpath/testing';

/** What the clients of a shop saw. */
export type LoadReport = {
  /** Requests made, writes and openings of streams among them. */
  readonly requests: number;
  /** Those without the answer that they should have, by what they got. */
  readonly lost: Readonly<Record<string, number>>;
  /**
   * Of every hundred requests, those that ran out of time. They are not among the lost: new processes take processor time
   * from all others as they start, which on a small or busy cluster is a request's whole budget.
   */
  readonly tooSlowPercent: number;
  /** Pieces gone from the stock without a reservation that the client knows of. */
  readonly duplicateReservations: number;
  readonly reservations: number;
  /** Changes of prices that a stream did not show, over all streams. */
  readonly missingEvents: number;
  /** Those that it showed more than once. */
  readonly repeatedEvents: number;
  readonly events: number;
  /** How often a stream ended and was opened again. */
  readonly reopened: number;
  /** How often a stream began anew, by a whole state instead of what it missed. */
  readonly resynced: number;
};

/** A steady load on a shop. */
export type Load = {
  /** Ends it, waits until every stream has shown the last change, and counts. */
  stop(): Promise<LoadReport>;
};

const readers = 4;
const readPauseMs = 100;
const reservePauseMs = 400;
const pricePauseMs = 500;
const streams = 20;
/** Products with changing prices; each is followed by four streams. */
const followed = ['9301', '9302', '9303', '9304', '9305'];
/** How long a client waits before it opens a stream again; browsers wait for the `retry:` of the stream. */
const reopenMs = 500;
/** After the last change, how long streams may take to show it. */
const settleMs = 20_000;

const paths = [
  '/api/products?pageSize=10',
  '/api/products/17',
  '/api/products/23/price?currency=EUR',
  '/api/products?pageSize=5&category=audio',
];

/**
 * Starts readers of the REST API, a client that reserves, one that changes prices, and 20 event streams.
 * @param gateway `http://127.0.0.1:8080`
 * @param reserved the product that is reserved: no one else may
 */
export async function startLoad(gateway: string, reserved: string): Promise<Load> {
  const rest = restClient(gateway);
  const lost: Record<string, number> = {};
  let tooSlow = 0;
  const leave = new AbortController();
  let running = true;
  let requests = 0;
  let reopened = 0;
  let resynced = 0;

  /** Counts a request that is to end with that status. @returns its answer, or undefined where it is lost. */
  async function counted<A extends { readonly status: number; readonly body?: { detail?: string } }>(
    expected: number,
    call: () => Promise<A>,
  ): Promise<A | undefined> {
    requests++;
    // The server closed a kept connection just as it was used: browsers ask again on a new one, and what is sent here may be.
    const outcome = await call()
      .catch((error) => (wasKept(error) ? call() : Promise.reject(error)))
      .catch(wordsFor);
    if (typeof outcome !== 'string' && outcome.status === expected) return outcome;
    if (typeof outcome !== 'string' && outcome.status === 504) {
      tooSlow++;
      return undefined;
    }
    const { detail = '' } = typeof outcome === 'string' ? {} : (outcome.body ?? {});
    const what = typeof outcome === 'string' ? outcome : `${outcome.status} ${detail}`.trim();
    lost[what] = (lost[what] ?? 0) + 1;
    return undefined;
  }

  async function read(turn: number): Promise<void> {
    // Half of them keep their connection, as browsers do.
    const agent = turn % 2 === 0 && new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = turn; running; n++) {
      await counted(200, () => get(`${gateway}${paths[n % paths.length]}`, agent));
      await sleep(readPauseMs);
    }
    if (agent) agent.destroy();
  }

  const customer = await signIn(rest, 'standard');
  const merchant = await signIn(rest, 'merchant');

  async function stock(): Promise<number> {
    const { status, body } = await rest('GET', `/api/products/${reserved}`);
    if (status !== 200) throw new Error(`no stock of product ${reserved}: ${status}`);
    return body.stock.reduce((sum: number, { available }: { available: number }) => sum + available, 0);
  }
  const stockBefore = await stock();
  const reservations = new Set<string>();
  async function reserve(): Promise<void> {
    while (running) {
      const headers = { 'idempotency-key': crypto.randomUUID() };
      const body = { productId: reserved, quantity: 1 };
      // As any client would, it repeats what got no answer, with the same key.
      for (let made = false; !made; ) {
        const answer = await counted(201, () =>
          rest('POST', '/api/reservations', { body, headers, token: customer }),
        );
        made = answer !== undefined;
        if (answer) reservations.add(answer.body.reservationId);
        await sleep(reservePauseMs);
      }
    }
  }

  const written = new Map(followed.map((product) => [product, [] as number[]]));
  // Above those of any load before: to set a price that it has is no change.
  let price = 1_000_000 + (Math.floor(Date.now() / 100) % 10_000_000);
  async function changePrices(): Promise<void> {
    for (let n = 0; running; n++) {
      const product = followed[n % followed.length] as string;
      const body = { price: price++, currency: 'INR' };
      const headers = { 'idempotency-key': crypto.randomUUID() };
      for (let stored = false; !stored; ) {
        const answer = await counted(200, () =>
          rest('PUT', `/api/products/${product}/price`, { body, headers, token: merchant }),
        );
        stored = answer !== undefined;
        await sleep(pricePauseMs);
      }
      written.get(product)?.push(body.price);
    }
  }

  const seen: { readonly product: string; readonly prices: number[]; readonly log: string[] }[] = [];
  async function follow(product: string, opened: () => void): Promise<void> {
    const prices: number[] = [];
    const log: string[] = [];
    seen.push({ product, prices, log });
    let last = '';
    for (let first = true; !leave.signal.aborted; first = false) {
      if (!first) reopened++;
      const headers: Record<string, string> = last === '' ? {} : { 'last-event-id': last };
      const url = `${gateway}/api/products/${product}/price/stream`;
      try {
        requests++;
        const stream = await readEvents(url, { headers, signal: leave.signal });
        try {
          for await (const { id, data } of stream) {
            last = id;
            opened();
            const { reason, originalPrice } = JSON.parse(data);
            log.push(`${id} ${reason} ${originalPrice}`);
            if (reason === 'price_changed') prices.push(originalPrice);
            if (reason === 'resync') resynced++;
          }
        } catch {
          // Broken off: it is opened again, and what it missed is asked for.
        }
      } catch (error) {
        if (leave.signal.aborted) return;
        const what = `stream: ${wordsFor(error)}`;
        lost[what] = (lost[what] ?? 0) + 1;
      }
      await sleep(reopenMs);
    }
  }

  const opened: Promise<void>[] = [];
  const followers = Array.from({ length: streams }, (_, n) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    opened.push(promise);
    return follow(followed[n % followed.length] as string, resolve);
  });
  await Promise.all(opened);
  const workers = [...Array.from({ length: readers }, (_, turn) => read(turn)), reserve(), changePrices()];

  return {
    async stop() {
      running = false;
      await Promise.all(workers);
      const all = () =>
        seen.every(({ product, prices }) => {
          const last = written.get(product)?.at(-1);
          return last === undefined || prices.includes(last);
        });
      for (const until = Date.now() + settleMs; !all() && Date.now() < until; ) await sleep(100);
      leave.abort();
      await Promise.all(followers);
      const missing = seen.map(({ product, prices, log }) => {
        const lacks = (written.get(product) ?? []).filter((one) => !prices.includes(one));
        if (lacks.length > 0) console.log(`a stream of ${product} lacks ${lacks}; it had ${log.join(', ')}`);
        return lacks.length;
      });
      const duplicates = stockBefore - (await stock()) - reservations.size;
      // Or their pieces would come back while another load counts them.
      for (const id of reservations)
        await rest('DELETE', `/api/reservations/${id}`, {
          token: customer,
          headers: { 'idempotency-key': id },
        });
      const repeated = seen.map(({ prices }) => prices.length - new Set(prices).size);
      return {
        requests,
        lost,
        tooSlowPercent: Math.round((tooSlow / requests) * 1000) / 10,
        duplicateReservations: duplicates,
        reservations: reservations.size,
        missingEvents: sum(missing),
        repeatedEvents: sum(repeated),
        events: sum(seen.map(({ prices }) => prices.length)),
        reopened,
        resynced,
      };
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** A GET on the agent's connection, or on one of its own. */
function get(url: string, agent: Agent | false): Promise<{ status: number; body: { detail?: string } }> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(url, { agent }, (response) => {
      json(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body: body as { detail?: string } }),
        reject,
      );
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a kept connection just as it was used: a browser, too, asks again on a new one.
      if (call.reusedSocket && error.code === 'ECONNRESET') resolve(get(url, false));
      else reject(error);
    });
    call.end();
  });
}

/** Whether a request of fetch was lost with a connection that had brought answers before. */
function wasKept({
  cause,
}: {
  readonly cause?: { readonly code?: string; readonly socket?: { readonly bytesRead?: number } };
}) {
  return cause?.code === 'UND_ERR_SOCKET' && (cause.socket?.bytesRead ?? 0) > 0;
}

/** What went wrong, with its cause: fetch says of every error just that it failed. */
function wordsFor(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}`
    : message;
}
