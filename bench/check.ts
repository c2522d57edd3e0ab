import { type StoredPrice, stored } from './data.ts';

type Integer = bigint | number | string;

/** A price as a client gets it, under the names of JSON and generated code, or of proto-loader with `keepCase`. */
export type Price =
  | {
      readonly productId: Integer;
      readonly basePrice: number;
      readonly discountedPrice: number;
      readonly isOnSale: boolean;
      readonly saleEndsAt: Integer;
      readonly currency: string;
    }
  | {
      readonly product_id: Integer;
      readonly base_price: number;
      readonly discounted_price: number;
      readonly is_on_sale: boolean;
      readonly sale_ends_at: Integer;
      readonly currency: string;
    };

/** A peer has answered, and wrongly: there is no figure for that, and no other try. */
export class WrongAnswer extends Error {}

/** Throws WrongAnswer where `price` is not that of the product, in any field. */
export function check(price: Price | undefined, id: number): void {
  if (price && isPrice(price, stored(id))) return;
  const shown = JSON.stringify(price, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  throw new WrongAnswer(`the price of product ${id} is ${JSON.stringify(stored(id))}, not ${shown}`);
}

/** The same for all prices of a batch, which must come in the order of the ids. */
export function checkAll(prices: readonly Price[], ids: readonly number[]): void {
  if (prices.length !== ids.length) {
    throw new WrongAnswer(`a batch of ${ids.length} was answered with ${prices.length} prices`);
  }
  for (let index = 0; index < ids.length; index++) check(prices[index], ids[index] as number);
}

function isPrice(price: Price, right: StoredPrice): boolean {
  if ('productId' in price) {
    return (
      Number(price.productId) === right.productId &&
      price.basePrice === right.base &&
      price.discountedPrice === right.discounted &&
      price.isOnSale === right.isOnSale &&
      Number(price.saleEndsAt) === right.saleEndsAt &&
      price.currency === right.currency
    );
  }
  return (
    Number(price.product_id) === right.productId &&
    price.base_price === right.base &&
    price.discounted_price === right.discounted &&
    price.is_on_sale === right.isOnSale &&
    Number(price.sale_ends_at) === right.saleEndsAt &&
    price.currency === right.currency
  );
}
