import {
  type CartLine,
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
  type Handlers,
  implementPart,
  importLines,
  invalidArgument,
  notFound,
  unauthenticated,
} from '@hotpath/rpc';
import { jwkSet, signToken } from './tokens.ts';

/** Stand-ins of the services, with small, fixed data. */

export type PricingHandlers = Handlers<typeof PricingService>;
type InventoryHandlers = Handlers<typeof InventoryService>;
type UserHandlers = Handlers<typeof UserService>;

/** Handlers that a test puts in place of those of the stand-in services. */
export type StandIns = {
  readonly pricing?: Partial<PricingHandlers>;
  readonly inventory?: Partial<InventoryHandlers>;
  readonly user?: Partial<UserHandlers>;
};

/** Products below 1000 exist; a product costs its id in INR, a tenth less for vip. */
export function priceOf({ productId, currency, customerSegment }: PriceRequest) {
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
    traceparent: '',
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

const pricing: StandIns['pricing'] = {
  getPrice: priceOf,
  getPricesBatch({ requests }) {
    const known = requests.filter(({ productId }) => productId < 1000n);
    const errors = requests.flatMap(({ productId }, index) =>
      productId < 1000n ? [] : [{ index, productId, code: 5, message: `no product ${productId}` }],
    );
    return { prices: known.map(priceOf), errors, position: 0n, holdsForMs: 0 };
  },
  async *watchPrice(request, call) {
    const { basePrice, discountedPrice } = priceOf(request);
    const { productId, currency } = request;
    const snapshot = { reason: 'snapshot', newPrice: discountedPrice, basePrice, currency };
    if (request.resumeAfter === 0n) yield priceUpdate(productId, 1n, snapshot);
    await ended(call);
  },
  async *watchChanges() {},
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

const inventory: StandIns['inventory'] = {
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

const user: StandIns['user'] = {
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

/** The three services, with a test's own handlers in place of some. */
export const standIns = (own: StandIns) => [
  implementPart(PricingService, { ...pricing, ...own.pricing }),
  implementPart(InventoryService, { ...inventory, ...own.inventory }),
  implementPart(UserService, { ...user, ...own.user }),
];

/** Resolves when the call is over. */
export function ended(call: Call): Promise<void> {
  return new Promise((resolve) => call.signal.addEventListener('abort', () => resolve()));
}
