import type { Init, QuoteCartRequest, QuoteCartResponse } from '@hotpath/contracts';
import { backOff, Code, detached, RpcError } from '@hotpath/rpc';
import { createQueue } from './queue.ts';
import type { Services } from './services.ts';

/** A change to a cart: a product's quantity, or the currency of its quotes. */
export type CartChange = Pick<Init<QuoteCartRequest>, 'productId' | 'quantity' | 'currency'>;

/** A cart that is quoted by pricing for as long as its owner likes. */
export type Cart = {
  /** How many changes are not answered yet. */
  readonly unanswered: number;
  change(change: CartChange): void;
};

/** What a cart is told. */
export type CartInit = {
  readonly pricing: Pick<Services['pricing'], 'quoteCart'>;
  readonly segment: string;
  /** Gives the cart up when it aborts. */
  readonly signal: AbortSignal;
  /** Gets the answer to each change, and a quote whenever a price has moved. */
  onQuote(quote: QuoteCartResponse): void;
  /** The cart is over, though `signal` did not say so. */
  onEnd(error: unknown): void;
};

/** How a stream ends whose server restarts or fails, or that is old or was silent for long. */
const breaks: readonly Code[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.CANCELLED];

/** How many streams in a row may break within a minute each before the cart gives up. */
const mostBreaks = 5;
const soonMs = 60_000;

/**
 * Opens a cart. Pricing keeps one only as long as its stream, and ends streams for its own reasons. Then the cart
 * is made again on a new one, from the last quote and the changes since, and its owner sees one more quote.
 */
export function openCart({ pricing, segment, signal, onQuote, onEnd }: CartInit): Cart {
  let last: QuoteCartResponse | undefined;
  const unanswered: CartChange[] = [];
  let outgoing = createQueue<Init<QuoteCartRequest>>([]);

  // The segment goes with every change: by itself it would be one, with a quote of its own.
  const toRequest = (change: CartChange) => ({ ...change, customerSegment: segment });

  async function followStream(): Promise<void> {
    const made = last ? changesThatMake(last) : [];
    let restoring = made.length;
    outgoing = createQueue([...made, ...unanswered].map(toRequest));
    try {
      for await (const quote of pricing.quoteCart(outgoing, { signal })) {
        const isAnswer = quote.reason === 'changed' || quote.reason === 'refused';
        if (restoring > 0) {
          if (isAnswer) restoring--;
          if (restoring > 0 && !quote.error) continue;
        } else if (isAnswer) unanswered.shift();
        if (restoring === 0) last = quote;
        onQuote(quote);
      }
    } finally {
      outgoing.end();
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; await backOff(failures, signal)) {
      const startedAt = performance.now();
      try {
        await followStream();
        failures = 1;
      } catch (error) {
        failures = performance.now() - startedAt < soonMs ? failures + 1 : 1;
        const broken = error instanceof RpcError && breaks.includes(error.code);
        if (signal.aborted) return;
        if (!broken || failures > mostBreaks) throw error;
      }
    }
  }

  detached({ path: 'WS /api/cart', budgetMs: Number.POSITIVE_INFINITY }, run).catch(onEnd);

  return {
    get unanswered() {
      return unanswered.length;
    },
    change(change) {
      unanswered.push(change);
      outgoing.push(toRequest(change));
    },
  };
}

/** Changes that make an empty cart into the one quoted. */
function changesThatMake({ lines, total }: QuoteCartResponse): CartChange[] {
  return [
    { currency: total?.currency },
    ...lines.map(({ productId, quantity }) => ({ productId, quantity })),
  ];
}
