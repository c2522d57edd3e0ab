import { setTimeout as sleep } from 'node:timers/promises';
import { Code, RpcError } from '@hotpath/rpc';
import { type Clients, noPrice, type PriceFields, type PriceTerms, toPriceFields } from './prices.ts';
import { reopen } from './reopen.ts';

/** A product's price as it stands, and pricing's reason for saying so. */
export interface PriceState {
  readonly price: PriceFields;
  readonly reason: string;
}

/** How often a product without a price is looked at again. Pricing has nothing to watch before its first price. */
const withoutPriceMs = 30_000;

/**
 * The price of a product as it stands, at once, and then each new state of it, until `signal` aborts. A break of
 * pricing's stream is mended unseen: it is opened again after the last update that came.
 */
export async function* followPrice(
  { pricing }: Clients,
  productId: bigint,
  { currency, segment }: PriceTerms,
  signal: AbortSignal,
): AsyncGenerator<PriceState, never, void> {
  let resumeAfter = 0n;
  const open = () =>
    pricing.watchPrice({ productId, currency, customerSegment: segment, resumeAfter }, { signal });
  for (;;) {
    try {
      for await (const update of reopen(open, signal)) {
        resumeAfter = update.sequence;
        yield {
          price: toPriceFields(currency, { ...update, toPay: update.newPrice }),
          reason: update.reason,
        };
      }
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== Code.NOT_FOUND) throw error;
      yield { price: noPrice, reason: 'price_changed' };
    }
    await sleep(withoutPriceMs, undefined, { signal });
  }
}
