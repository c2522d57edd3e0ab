import type { StartSaleRequest } from '@hotpath/contracts';
import { checkId, invalidArgument } from '@hotpath/rpc';

/** A sale that may be stored. */
export interface Sale {
  /** Each product once. */
  readonly productIds: bigint[];
  /** Whole percent, 1 to 99. */
  readonly percentOff: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** The most products of one sale. */
export const maxProducts = 500;

const maxDays = 366;
const dayMs = 24n * 60n * 60n * 1000n;

/**
 * The sale that a request asks for, `now` being the database's clock: it decides what runs when. Throws
 * INVALID_ARGUMENT naming the field that is wrong.
 */
export function toSale(request: StartSaleRequest, now: Date): Sale {
  const productIds = [...new Set(request.productIds)];
  if (productIds.length < 1 || productIds.length > maxProducts) {
    throw invalidArgument('product_ids', `must name 1 to ${maxProducts} products, not ${productIds.length}`);
  }
  for (const id of productIds) checkId('product_ids', id);
  if (request.percentOff < 1 || request.percentOff > 99) {
    throw invalidArgument('percent_off', `must be from 1 to 99, not ${request.percentOff}`);
  }
  const nowMs = BigInt(now.getTime());
  const startsAtMs = request.startsAtMs > nowMs ? request.startsAtMs : nowMs;
  if (request.endsAtMs <= startsAtMs) {
    throw invalidArgument('ends_at_ms', "must be in the future and after the sale's start");
  }
  if (request.endsAtMs > nowMs + BigInt(maxDays) * dayMs) {
    throw invalidArgument('ends_at_ms', `must be at most ${maxDays} days ahead`);
  }
  return {
    productIds,
    percentOff: request.percentOff,
    startsAt: new Date(Number(startsAtMs)),
    endsAt: new Date(Number(request.endsAtMs)),
  };
}
