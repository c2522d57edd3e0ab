import type { ItemError, PricingService, QuoteCartResponse } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { type Call, type Handlers, RpcError, untilEnd } from '@hotpath/rpc';
import { type Cart, changeCart, emptyCart, quote } from '../cart.ts';
import type { PriceState } from '../price.ts';
import { followPrices, type PriceFeed } from '../price-feed.ts';
import { findPrices, noPrice } from '../store.ts';

/**
 * Quotes a cart after each change of it and of a price in it. A price shown is never older than one shown
 * before: after a change of the cart all its prices are read anew with their position in the feed, and the feed
 * is followed from there. When the client ends its side of the stream no cart is left to be changed: what it sent
 * is answered, and the stream ends.
 */
export function quoteCart(db: Database, feed: PriceFeed): Handlers<typeof PricingService>['quoteCart'] {
  return async function* (requests, call) {
    const changes = requests[Symbol.asyncIterator]();
    const nextChange = () => untilEnd(call, changes.next());
    let quoted: QuotedCart = { cart: emptyCart, prices: new Map(), position: 0n };

    for (let change = await nextChange(); !change.done; ) {
      const { value } = change;
      const next = await refusable(() => readPrices(db, changeCart(quoted.cart, value), call));
      if (next instanceof RpcError) {
        const error = { index: 0, productId: value.productId, code: next.code, message: next.message };
        yield toAnswer(quoted, 'refused', error);
      } else {
        quoted = next;
        yield toAnswer(quoted, 'changed');
      }

      const upcoming = nextChange();
      const { cart, position, prices } = quoted;
      const following = { after: position, productIds: [...cart.quantities.keys()], currency: cart.currency };
      for await (const moved of until(upcoming, (signal) => followPrices(feed, { ...following, signal }))) {
        prices.set(moved.productId, moved);
        quoted.position = moved.sequence;
        yield toAnswer(quoted, moved.reason);
      }
      change = await upcoming;
    }
  };
}

interface QuotedCart {
  readonly cart: Cart;
  /** The prices of all its products. */
  readonly prices: Map<bigint, PriceState>;
  /** The position of the feed that the prices stand at. */
  position: bigint;
}

function toAnswer({ cart, prices }: QuotedCart, reason: string, error?: ItemError): QuoteCartResponse {
  return { ...quote(cart, prices), reason, error };
}

/** The cart with its prices as they stand now. Throws NOT_FOUND for a product without one in its currency. */
async function readPrices(db: Database, cart: Cart, call: Call): Promise<QuotedCart> {
  const { currency } = cart;
  const productIds = [...cart.quantities.keys()];
  const found = await findPrices(db, productIds, new Array(productIds.length).fill(currency), call);
  const prices = new Map<bigint, PriceState>();
  for (const [index, productId] of productIds.entries()) {
    const price = found[index];
    if (!price) throw noPrice(productId, currency);
    prices.set(productId, price);
  }
  return { cart, prices, position: found[0]?.position ?? 0n };
}

/** What `work` gives, or the error by which it refuses the client's change. */
async function refusable<T>(work: () => Promise<T>): Promise<T | RpcError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

/** The items of a source until `end` settles. The source must end by the signal that it is made with. */
async function* until<T>(
  end: Promise<unknown>,
  start: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  end.then(abort, abort);
  try {
    yield* start(stop.signal);
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  }
}
