import {
  type Currency,
  type Money,
  type PricingService,
  type Product,
  type Segment,
  toMinor,
  toSegment,
  type UserService,
} from '@hotpath/contracts';
import { type Client, Code, RpcError } from '@hotpath/rpc';

/** The services that inventory asks. */
export interface Clients {
  readonly user: Client<typeof UserService>;
  readonly pricing: Client<typeof PricingService>;
}

/** The fields of a product, or of a state of it, that pricing decides. */
export type PriceFields = Pick<Product, 'price' | 'originalPrice' | 'onSale' | 'saleEndsAt'>;

/** Of a product that has no price in the currency. */
export const noPrice: PriceFields = {
  price: undefined,
  originalPrice: undefined,
  onSale: false,
  saleEndsAt: 0n,
};

/** What makes a price: for whom, and in what. */
export interface PriceTerms {
  readonly currency: Currency;
  readonly segment: Segment;
}

/** The segment that sets a user's prices. Nobody (0) is a visitor, so user need not be asked. */
export async function segmentOf({ user }: Clients, userId: bigint): Promise<Segment> {
  return userId === 0n ? 'standard' : toSegment((await user.getSegment({ userId })).segment);
}

/** The price of one product. Any failure of pricing but a missing price is thrown. */
export async function priceOf(
  { pricing }: Clients,
  productId: bigint,
  { currency, segment }: PriceTerms,
): Promise<PriceFields> {
  try {
    const answer = await pricing.getPrice({ productId, currency, customerSegment: segment });
    return toPriceFields(currency, { ...answer, toPay: answer.discountedPrice });
  } catch (error) {
    if (error instanceof RpcError && error.code === Code.NOT_FOUND) return noPrice;
    throw error;
  }
}

/** The prices of many products in one call, by product id; those without a price are not in it. */
export async function pricesOf(
  { pricing }: Clients,
  productIds: readonly bigint[],
  { currency, segment }: PriceTerms,
): Promise<Map<bigint, PriceFields>> {
  if (productIds.length === 0) return new Map();
  const { prices, errors } = await pricing.getPricesBatch({
    requests: productIds.map((productId) => ({ productId, currency, customerSegment: segment })),
  });
  const refused = errors.find(({ code }) => code !== Code.NOT_FOUND);
  if (refused)
    throw new Error(`pricing refused product ${refused.productId}: ${refused.code} ${refused.message}`);
  return new Map(
    prices.map((answer) => [
      answer.productId,
      toPriceFields(currency, { ...answer, toPay: answer.discountedPrice }),
    ]),
  );
}

/** A price as pricing's messages say it, amounts in units of the currency. */
interface WirePrice {
  readonly basePrice: number;
  readonly toPay: number;
  readonly isOnSale: boolean;
  readonly saleEndsAt: bigint;
}

/** Turns pricing's doubles into exact money. */
export function toPriceFields(
  currency: Currency,
  { basePrice, toPay, isOnSale, saleEndsAt }: WirePrice,
): PriceFields {
  const money = (amount: number): Money => ({ minorUnits: toMinor(amount, currency), currency });
  return { price: money(toPay), originalPrice: money(basePrice), onSale: isOnSale, saleEndsAt };
}
