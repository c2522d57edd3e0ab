import {
  type CartLine,
  type Currency,
  type Money,
  type QuoteCartRequest,
  type Segment,
  toSegment,
} from '@hotpath/contracts';
import { checkCurrency, checkProductId, invalidArgument } from '@hotpath/rpc';
import { type PriceState, saleEndSeconds, toPay } from './price.ts';

/** What a shopper wants quoted. A change makes a new cart, so that a refused one leaves the old as it was. */
export interface Cart {
  readonly currency: Currency;
  readonly segment: Segment;
  /** Pieces, 1 to 999, by product, in the order in which the products were first put in. */
  readonly quantities: ReadonlyMap<bigint, number>;
}

/** The cart that every stream begins with. */
export const emptyCart: Cart = { currency: 'INR', segment: 'standard', quantities: new Map() };

const maxLines = 100;
const maxQuantity = 999;

/** The cart after a change. Throws INVALID_ARGUMENT for a bad field and for a line too many. */
export function changeCart(cart: Cart, change: QuoteCartRequest): Cart {
  const quantities = new Map(cart.quantities);
  if (change.productId !== 0n) {
    checkProductId(change.productId);
    if (change.quantity < 0 || change.quantity > maxQuantity) {
      throw invalidArgument('quantity', `must be from 0 to ${maxQuantity}, not ${change.quantity}`);
    }
    if (change.quantity === 0) quantities.delete(change.productId);
    else quantities.set(change.productId, change.quantity);
    if (quantities.size > maxLines) {
      throw invalidArgument('product_id', `a cart holds at most ${maxLines} lines; take one out first`);
    }
  }
  return {
    currency: change.currency === '' ? cart.currency : checkCurrency(change.currency),
    segment: change.customerSegment === '' ? cart.segment : toSegment(change.customerSegment),
    quantities,
  };
}

/** The lines of a cart and their sum, by the prices of all its products in its currency. */
export function quote(
  cart: Cart,
  prices: ReadonlyMap<bigint, PriceState>,
): { lines: CartLine[]; total: Money } {
  const money = (minorUnits: bigint): Money => ({ minorUnits, currency: cart.currency });
  const lines: CartLine[] = [];
  let total = 0n;
  for (const [productId, quantity] of cart.quantities) {
    const price = prices.get(productId) as PriceState;
    const unitPrice = toPay(price, cart.segment);
    const lineTotal = unitPrice * BigInt(quantity);
    total += lineTotal;
    lines.push({
      productId,
      quantity,
      basePrice: money(price.baseMinor),
      unitPrice: money(unitPrice),
      lineTotal: money(lineTotal),
      isOnSale: price.percentOff > 0,
      saleEndsAt: saleEndSeconds(price),
    });
  }
  return { lines, total: money(total) };
}
