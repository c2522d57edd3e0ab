import {
  type CartLine,
  callGraph,
  InventoryService,
  type PriceRequest,
  type PriceUpdate,
  PricingService,
  type QuoteCartResponse,
  ReservationState,
  UserService,
} from '@hotpath/contracts';
import {
  type Call,
  type Client,
  createClient,
  type Handlers,
  implement,
  importLines,
  invalidArgument,
  notFound,
  openChannel,
  startServer,
  unauthenticated,
  unavailable,
} from '@hotpath/rpc';
import { createLogger } from '@hotpath/telemetry';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { onTestFinished, vi } from 'vitest';
import { openGateway } from './gateway.ts';
import type { Settings } from './settings.ts';

type PricingHandlers = Handlers<typeof PricingService>;
type InventoryHandlers = Handlers<typeof InventoryService>;
type UserHandlers = Handlers<typeof UserService>;

/** Handlers that a test puts in place of those of the stand-in services. */
export type StandIns = {
  readonly pricing?: Partial<PricingHandlers>;
  readonly inventory?: Partial<InventoryHandlers>;
  readonly user?: Partial<UserHandlers>;
};

const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
const kid = 'test';
/** The keys that the stand-in of user publishes. */
export const jwkSet = JSON.stringify({
  keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }],
});

/** A session as user would sign it; claims and header can be told otherwise. */
export function signToken(claims: object = {}, header: object = {}, key = privateKey): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return new SignJWT({ sub: '7', role: 'customer', iss: 'hotpath-user', aud: 'hotpath', exp, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid, ...header })
    .sign(key);
}

/** `Authorization` of a customer (user 7) or a merchant (user 9). */
export const bearer = async (role: 'customer' | 'merchant' = 'customer') => ({
  authorization: `Bearer ${await signToken({ role, sub: role === 'merchant' ? '9' : '7' })}`,
});

/** Products below 1000 exist; a product costs its id in INR, a tenth less for vip. */
function priceOf({ productId, currency, customerSegment }: PriceRequest) {
  if (productId >= 1000n) throw notFound(`product ${productId} has no price in ${currency || 'INR'}`);
  const basePrice = Number(productId);
  return {
    productId,
    basePrice,
    discountedPrice: customerSegment === 'vip' ? basePrice * 0.9 : basePrice,
    isOnSale: false,
    saleEndsAt: 0n,
    currency: currency || 'INR',
  };
}

/** An update of a product's price. */
export function priceUpdate(
  productId: bigint,
  sequence: bigint,
  init: Partial<PriceUpdate> = {},
): PriceUpdate {
  return {
    productId,
    newPrice: Number(sequence),
    basePrice: Number(sequence),
    reason: 'price_changed',
    sequence,
    currency: 'INR',
    isOnSale: false,
    saleEndsAt: 0n,
    ...init,
  };
}

const inr = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

/** Quotes a cart: a product costs its id in whatever currency. */
export async function* cartHandler(
  ...[requests]: Parameters<PricingHandlers['quoteCart']>
): AsyncGenerator<QuoteCartResponse> {
  const lines = new Map<bigint, CartLine>();
  let currency = 'INR';
  for await (const change of requests) {
    currency = change.currency || currency;
    const refused = change.productId >= 1000n;
    const price = inr(change.productId * (change.customerSegment === 'vip' ? 90n : 100n));
    if (change.quantity > 0 && !refused) {
      lines.set(change.productId, {
        productId: change.productId,
        quantity: change.quantity,
        basePrice: price,
        unitPrice: price,
        lineTotal: inr(price.minorUnits * BigInt(change.quantity)),
        isOnSale: false,
        saleEndsAt: 0n,
      });
    } else if (change.productId > 0n) lines.delete(change.productId);
    const sum = [...lines.values()].reduce((total, line) => total + (line.lineTotal?.minorUnits ?? 0n), 0n);
    const error = {
      index: 0,
      productId: change.productId,
      code: 5,
      message: `no product ${change.productId}`,
    };
    yield {
      lines: [...lines.values()],
      total: { minorUnits: sum, currency },
      reason: refused ? 'refused' : 'changed',
      error: refused ? error : undefined,
    };
  }
}

const pricing: PricingHandlers = {
  getPrice: priceOf,
  getPricesBatch({ requests }) {
    const known = requests.filter(({ productId }) => productId < 1000n);
    const errors = requests.flatMap(({ productId }, index) =>
      productId < 1000n ? [] : [{ index, productId, code: 5, message: `no product ${productId}` }],
    );
    return { prices: known.map(priceOf), errors };
  },
  async *watchPrice(request, call) {
    const { basePrice, discountedPrice } = priceOf(request);
    const { productId, currency } = request;
    const snapshot = { reason: 'snapshot', newPrice: discountedPrice, basePrice, currency };
    if (request.resumeAfter === 0n) yield priceUpdate(productId, 1n, snapshot);
    await ended(call);
  },
  async importPrices(requests) {
    return { summary: await countLines(requests) };
  },
  quoteCart: cartHandler,
  setPrice: ({ productId, price }) => ({ productId, price, sequence: 2n }),
  startSale: ({ startsAtMs, endsAtMs }) => ({ saleId: someUuid, startsAtMs, endsAtMs }),
  endSale: ({ saleId }) => ({ saleId, endedAtMs: 1_700_000_000_000n }),
};

/** The id of every sale and reservation of the stand-ins. */
export const someUuid = '0b8a6c1e-55d0-4f6e-9c3e-2f1f0a7d9b10';

const product = (productId: bigint) => ({
  productId,
  name: `Product ${productId}`,
  description: 'A thing.',
  category: 'kitchen',
  price: productId === 2n ? undefined : inr(1234n),
  originalPrice: productId === 2n ? undefined : inr(1500n),
  onSale: productId !== 2n,
  saleEndsAt: productId === 2n ? 0n : 1_800_000_000n,
  stock: [{ warehouseId: 'in-bom-1', available: 3 }],
});

const reservation = (
  state: ReservationState,
  init: { userId: bigint; productId?: bigint; quantity?: number },
) => ({
  reservation: {
    reservationId: someUuid,
    productId: 1n,
    quantity: 1,
    warehouseId: 'in-bom-1',
    ...init,
    state,
    expiresAtMs: 1_800_000_000_000n,
  },
});

const inventory: InventoryHandlers = {
  getProduct({ productId }) {
    if (productId >= 1000n) throw notFound(`no product ${productId}`);
    return { product: product(productId) };
  },
  listProducts({ pageToken }) {
    if (pageToken !== '' && pageToken !== 'next') throw invalidArgument('page_token', 'is none of ours');
    return pageToken === ''
      ? { products: [product(1n), product(2n)], nextPageToken: 'next' }
      : { products: [product(3n)], nextPageToken: '' };
  },
  getStock: () => ({ stock: [] }),
  async *watchProduct() {},
  reserveStock: ({ userId, productId, quantity }) =>
    reservation(ReservationState.HELD, { userId, productId, quantity }),
  confirmReservation: ({ userId }) => reservation(ReservationState.CONFIRMED, { userId }),
  releaseReservation: ({ userId }) => reservation(ReservationState.RELEASED, { userId }),
  async importStock(requests) {
    return { summary: await countLines(requests) };
  },
};

const user: UserHandlers = {
  getUser: () => ({ user: undefined }),
  getSegment: () => ({ segment: 'vip' }),
  async createSession({ email, password }) {
    if (password !== 'hotpath') throw unauthenticated('no');
    const token = await signToken({ role: email.startsWith('merchant') ? 'merchant' : 'customer' });
    return { token, expiresAtMs: 1_900_000_000_000n, user: undefined };
  },
  getSigningKeys: () => ({ jwkSet }),
};

/** Stores all lines but those of product 999. */
function countLines<Line extends { line: bigint; productId: bigint }>(
  requests: AsyncIterable<{ requestId: string; lines: Line[] }>,
) {
  return importLines<Line>(requests, {
    recall: async () => undefined,
    store: async (lines) =>
      lines.map(({ productId }) => (productId === 999n ? notFound('no product 999') : ('changed' as const))),
    keep: async (_id, summary) => summary,
  });
}

/** Resolves when the call is over. */
export function ended(call: Call): Promise<void> {
  return new Promise((resolve) => call.signal.addEventListener('abort', () => resolve()));
}

const settings = {
  TRUST_PROXY: undefined,
  RATE_LIMIT_PER_MINUTE: 12_000,
  LOGIN_LIMIT_PER_MINUTE: 60,
  MAX_STREAMS_PER_CLIENT: 256,
  MAX_STREAMS: 10_000,
};

/** A client of a real server with some handlers of pricing, until the test has finished. */
export async function startPricing(
  handlers: Partial<PricingHandlers>,
): Promise<Client<typeof PricingService>> {
  const server = await startServer([implement(PricingService, { ...pricing, ...handlers })]);
  const channel = openChannel(server.address);
  onTestFinished(async () => {
    channel.close();
    await server.close();
  });
  return createClient(PricingService, channel, callGraph);
}

/**
 * A gateway before real gRPC servers with small, fixed data, until the test has finished.
 * @returns its URL, and how to close it
 */
export async function startGateway(standIns: StandIns = {}, changed: Partial<Settings> = {}) {
  const server = await startServer([
    implement(PricingService, { ...pricing, ...standIns.pricing }),
    implement(InventoryService, { ...inventory, ...standIns.inventory }),
    implement(UserService, { ...user, ...standIns.user }),
  ]);
  const channel = openChannel(server.address);
  const connectPricing = () => createClient(PricingService, channel, callGraph);
  const gateway = await openGateway({
    settings: { ...settings, ...changed },
    services: {
      inventory: createClient(InventoryService, channel, callGraph),
      pricing: connectPricing(),
      users: createClient(UserService, channel, callGraph),
    },
    connectPricing,
    host: '127.0.0.1',
    port: 0,
    log: createLogger({ name: 'gateway', level: 'silent' }),
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= gateway.close(1_000);
    return closed;
  };
  onTestFinished(async () => {
    await close();
    channel.close();
    await server.close();
  });
  return { url: `http://127.0.0.1:${gateway.port}`, close };
}

/** A feed of price changes, as pricing has one, that a test writes to. */
export function createFeed() {
  const updates: PriceUpdate[] = [];
  const changed = new EventTarget();
  const open = new Map<bigint, number>();
  const asked: bigint[] = [];
  let breakStreams = new AbortController();
  const productOf = (productId: bigint) => (update: PriceUpdate) => update.productId === productId;

  return {
    /** `resume_after` of every stream that was opened, in order. */
    asked,
    /** Streams open on a product. */
    open: (productId: bigint) => open.get(productId) ?? 0,
    /** Appends changes. */
    push(...added: PriceUpdate[]) {
      updates.push(...added);
      changed.dispatchEvent(new Event('change'));
    },
    /** Ends all streams, as a server does that drains. */
    breakAll() {
      breakStreams.abort();
      breakStreams = new AbortController();
    },
    /** Forgets all changes before a position: who resumes from before it gets "resync". */
    forgetUntil(position: bigint) {
      while ((updates[0]?.sequence ?? position) < position) updates.shift();
      asked.length = 0;
    },
    watchPrice: async function* (request: PriceRequest, call: Call): AsyncGenerator<PriceUpdate> {
      const { productId, resumeAfter } = request;
      priceOf(request);
      const broken = breakStreams.signal;
      const over = AbortSignal.any([call.signal, broken]);
      asked.push(resumeAfter);
      open.set(productId, (open.get(productId) ?? 0) + 1);
      try {
        let after = resumeAfter;
        const head = updates.at(-1)?.sequence ?? 1n;
        const kept = updates[0]?.sequence ?? 0n;
        if (after === 0n || after + 1n < kept) {
          const latest = updates.findLast(productOf(productId)) ?? priceUpdate(productId, 1n);
          yield { ...latest, sequence: head, reason: after === 0n ? 'snapshot' : 'resync' };
          after = head;
        }
        while (!over.aborted) {
          const next = updates.find((update) => update.sequence > after && update.productId === productId);
          if (next) {
            after = next.sequence;
            yield next;
          } else await either(changed, 'change', over);
        }
        if (broken.aborted) throw unavailable('the server is draining; resume elsewhere');
      } finally {
        open.set(productId, (open.get(productId) ?? 1) - 1);
      }
    },
    /** Resolves when that many streams are open on a product. */
    untilOpen: (productId: bigint, count: number) =>
      vi.waitUntil(() => (open.get(productId) ?? 0) === count, { timeout: 10_000, interval: 5 }),
  };
}

function either(target: EventTarget, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      target.removeEventListener(event, settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    target.addEventListener(event, settle);
    signal.addEventListener('abort', settle);
  });
}
