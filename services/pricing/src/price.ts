import {
  type Currency,
  fromMinor,
  type PriceResponse,
  type PriceUpdate,
  type Segment,
  segments,
  type PriceChange as WireChange,
} from '@hotpath/contracts';

/** A price as it stands at one moment: all that an answer for any segment needs. */
export interface PriceState {
  productId: bigint;
  currency: Currency;
  /** The price before any sale and discount, in minor units. */
  baseMinor: bigint;
  /** Whole percent that the sale which applies takes off; 0: no sale. */
  percentOff: number;
  /** When that sale ends; null: no sale. */
  saleEndsAt: Date | null;
}

/** A price as it stands after a change. */
export interface PriceChange extends PriceState {
  reason: ChangeReason;
  /** Its position in the feed. */
  sequence: bigint;
  /** The traceparent of what made it, where that is traced and a short while ago. */
  trace: string | undefined;
}

/** Why a price is told to a watcher, as the contract spells it. */
export type Reason = 'snapshot' | 'resync' | ChangeReason;

/** Why a price changed, or how long it holds: a sale that is scheduled changes the price only when it starts. */
export type ChangeReason = 'price_changed' | 'sale_started' | 'sale_ended' | 'sale_scheduled';

/**
 * The price that a segment pays, in minor units: the sale's percentage is taken off first, then the segment's
 * discount off the result, each rounded half up to the minor unit.
 */
export function toPay({ baseMinor, percentOff }: PriceState, segment: Segment): bigint {
  return percentOffOf(percentOffOf(baseMinor, percentOff), segments[segment]);
}

/** `amount` less a whole percentage, rounded half up; both 0 or more, so that adding a half and cutting rounds. */
function percentOffOf(amount: bigint, percent: number): bigint {
  return percent === 0 ? amount : (amount * BigInt(100 - percent) + 50n) / 100n;
}

/** When the sale ends, in Unix seconds with a part of a second rounded up; 0: no sale. */
export function saleEndSeconds({ saleEndsAt }: PriceState): bigint {
  return saleEndsAt ? BigInt(Math.ceil(saleEndsAt.getTime() / 1000)) : 0n;
}

/** The answer to a request for this price. */
export function toPriceResponse(state: PriceState, segment: Segment): PriceResponse {
  return {
    productId: state.productId,
    basePrice: fromMinor(state.baseMinor, state.currency),
    discountedPrice: fromMinor(toPay(state, segment), state.currency),
    isOnSale: state.percentOff > 0,
    saleEndsAt: saleEndSeconds(state),
    currency: state.currency,
  };
}

/** What a watcher is told of this price. `sequence` is the position in the change feed at which it held. */
export function toPriceUpdate(
  state: PriceState,
  segment: Segment,
  reason: Reason,
  sequence: bigint,
  traceparent = '',
): PriceUpdate {
  return {
    productId: state.productId,
    newPrice: fromMinor(toPay(state, segment), state.currency),
    reason,
    sequence,
    currency: state.currency,
    basePrice: fromMinor(state.baseMinor, state.currency),
    isOnSale: state.percentOff > 0,
    saleEndsAt: saleEndSeconds(state),
    traceparent,
  };
}

/** What a process that keeps prices is told of a change. */
export function toWireChange(change: PriceChange): WireChange {
  return {
    productId: change.productId,
    basePrice: { minorUnits: change.baseMinor, currency: change.currency },
    percentOff: change.percentOff,
    saleEndsAtMs: BigInt(change.saleEndsAt?.getTime() ?? 0),
    reason: change.reason,
    sequence: change.sequence,
  };
}
