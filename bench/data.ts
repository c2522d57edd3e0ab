import type { PriceResponse } from '@hotpath/contracts';

/** Products there are, with the ids from 1 on. */
export const PRODUCTS = 10_000;
/** Products on a page of the shop. */
export const PAGE = 47;
/** Prices in a batch, and calls of the article's "50 sequential gRPC calls". */
export const BATCH = 50;

/** A price as a database would hold it: nobody's message yet. */
export type StoredPrice = {
  readonly productId: number;
  readonly base: number;
  readonly discounted: number;
  readonly isOnSale: boolean;
  /** Unix seconds, 0 where there is no sale. */
  readonly saleEndsAt: number;
  readonly currency: string;
};

/** The same prices for every peer and launch, like the shop's: small ids, two decimals, some sales. */
const prices = Array.from({ length: PRODUCTS }, (_, index): StoredPrice => {
  const minor = 199 + ((index * 104_729) % 250_000);
  const isOnSale = index % 5 === 0;
  return {
    productId: index + 1,
    base: minor / 100,
    discounted: Math.round(minor * (isOnSale ? 0.72 : 0.9)) / 100,
    isOnSale,
    saleEndsAt: isOnSale ? 1_795_000_000 + index : 0,
    currency: 'INR',
  };
});

/** The product of a call by number. */
export const idOf = (number: number): number => 1 + (number % PRODUCTS);

/** The products of a page or batch by number. */
export const idsOf = (number: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => idOf(number * count + index));

/** The stored price of a product. Throws where there is none. */
export function stored(id: number): StoredPrice {
  const price = prices[id - 1];
  if (!price) throw new Error(`there is no product ${id}`);
  return price;
}

/** Where a server looks prices up. */
export type Store = {
  one(id: number): StoredPrice | Promise<StoredPrice>;
  many(ids: readonly number[]): StoredPrice[] | Promise<StoredPrice[]>;
};

/** Answers from memory, each query as late as a database so far away would; at 0 ms at once. */
export function openStore(delayMs: number): Store {
  const late = <T>(answer: T) => new Promise<T>((resolve) => setTimeout(resolve, delayMs, answer));
  const query = delayMs === 0 ? <T>(answer: T) => answer : late;
  return { one: (id) => query(stored(id)), many: (ids) => query(ids.map(stored)) };
}

/** The message of our codecs for a stored price. */
export const toMessage = (price: StoredPrice): PriceResponse => ({
  productId: BigInt(price.productId),
  basePrice: price.base,
  discountedPrice: price.discounted,
  isOnSale: price.isOnSale,
  saleEndsAt: BigInt(price.saleEndsAt),
  currency: price.currency,
});

/** What REST answers for a stored price. */
export const toJson = (price: StoredPrice) => ({
  productId: price.productId,
  basePrice: price.base,
  discountedPrice: price.discounted,
  isOnSale: price.isOnSale,
  saleEndsAt: price.saleEndsAt,
  currency: price.currency,
});

/** Batches that codecs take in turn, so that none can learn one by heart. */
export const BATCHES = 20;

/** A batch of prices whose ids lie apart. */
export const scattered = (number: number): PriceResponse[] =>
  Array.from({ length: BATCH }, (_, index) => toMessage(stored(idOf((number * BATCH + index) * 7919))));
