import type { Currency } from '@hotpath/contracts';
import { type Database, type Feed, type FeedRow, openFeed } from '@hotpath/database';
import type { ChangeReason, PriceChange } from './price.ts';

/** A row of the table `events`. */
interface PriceEvent extends FeedRow {
  readonly product_id: bigint;
  readonly currency: Currency;
  readonly base_minor: bigint;
  readonly percent_off: number;
  readonly sale_ends_at: Date | null;
  readonly reason: ChangeReason;
  readonly created_at: Date;
  readonly trace: string | null;
}

/** Who comes back for older changes gets them outside of the traces that made them, ms. */
const tracedForMs = 60_000;

/** The changes of all prices. */
export type PriceFeed = Feed<PriceEvent>;

/** Opens the feed of a migrated database. `onError` is told when reading fails; it is tried again. */
export function openPriceFeed(db: Database, onError: (error: unknown) => void): Promise<PriceFeed> {
  return openFeed<PriceEvent>(db, { table: 'events', key: 'product_id', onError });
}

/** Which changes to follow. */
export interface Following {
  /** Only changes after this position. */
  after: bigint;
  productIds: readonly bigint[];
  currency: Currency;
  /** Ends it; the iterator then throws the signal's reason. */
  signal: AbortSignal;
}

/**
 * Every change of the products' prices in that currency, which a sale that is only scheduled is not, once and in order, for
 * as long as it is read. Throws
 * SlowSubscriber where the reader falls too far behind: its client resumes after the last one it has.
 */
export async function* followPrices(feed: PriceFeed, following: Following): AsyncGenerator<PriceChange> {
  const { after, productIds, currency, signal } = following;
  const match = (event: PriceEvent) => event.currency === currency && event.reason !== 'sale_scheduled';
  for await (const event of feed.follow({ after, keys: productIds, match, signal })) yield toChange(event);
}

/**
 * Every change of every price after a position, in pages: first at once a page that may be empty, then what there
 * is whenever there is some. Throws UnknownPosition where the feed cannot go on after the position, and
 * SlowSubscriber as `followPrices` does.
 */
export async function* followAllPrices(
  feed: PriceFeed,
  { after, signal }: Pick<Following, 'after' | 'signal'>,
): AsyncGenerator<PriceChange[]> {
  for await (const events of feed.pages({ after, signal })) yield events.map(toChange);
}

function toChange(event: PriceEvent): PriceChange {
  return {
    productId: event.product_id,
    currency: event.currency,
    baseMinor: event.base_minor,
    percentOff: event.percent_off,
    saleEndsAt: event.sale_ends_at,
    reason: event.reason,
    sequence: event.sequence,
    trace: event.trace && Date.now() - event.created_at.getTime() < tracedForMs ? event.trace : undefined,
  };
}
