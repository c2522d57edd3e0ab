import type { PriceRequest, PriceUpdate } from '@hotpath/contracts';
import { type Call, unavailable } from '@hotpath/rpc';
import { vi } from 'vitest';
import { priceOf, priceUpdate } from './stand-ins.ts';

/** A feed of price changes, as pricing has one, that a test writes to. */
export function createFeed() {
  const updates: PriceUpdate[] = [];
  const changed = new EventTarget();
  const open = new Map<bigint, number>();
  const asked: bigint[] = [];
  let breakStreams = new AbortController();
  /** Changes before this position are not kept. */
  let kept = 0n;
  const productOf = (productId: bigint) => (update: PriceUpdate) => update.productId === productId;

  return {
    /** `resume_after` of every stream that was opened, in order. */
    asked,
    /** Streams open on a product. */
    open: (productId: bigint) => open.get(productId) ?? 0,
    /** Adds changes; one that comes late still stands before those of later positions. */
    push(...added: PriceUpdate[]) {
      updates.push(...added);
      updates.sort((a, b) => Number(a.sequence - b.sequence));
      changed.dispatchEvent(new Event('change'));
    },
    /** Ends all streams, as a server does that drains. */
    breakAll() {
      breakStreams.abort();
      breakStreams = new AbortController();
    },
    /** Forgets all changes before a position: who resumes from before it gets "resync". */
    forgetUntil(position: bigint) {
      kept = position;
      while ((updates[0]?.sequence ?? position) < position) updates.shift();
      asked.length = 0;
    },
    watchPrice: async function* (request: PriceRequest, call: Call): AsyncGenerator<PriceUpdate> {
      const { productId, resumeAfter } = request;
      priceOf(request);
      const broken = breakStreams.signal;
      const over = AbortSignal.any([call.signal, broken]);
      asked.push(resumeAfter);
      open.set(productId, (open.get(productId) ?? 0) + 1);
      try {
        let after = resumeAfter;
        const head = updates.at(-1)?.sequence ?? 1n;
        if (after === 0n || after + 1n < kept) {
          const latest = updates.findLast(productOf(productId)) ?? priceUpdate(productId, 1n);
          yield { ...latest, sequence: head, reason: after === 0n ? 'snapshot' : 'resync' };
          after = head;
        }
        while (!over.aborted) {
          const next = updates.find((update) => update.sequence > after && update.productId === productId);
          if (next) {
            after = next.sequence;
            yield next;
          } else await either(changed, 'change', over);
        }
        if (broken.aborted) throw unavailable('the server is draining; resume elsewhere');
      } finally {
        open.set(productId, (open.get(productId) ?? 1) - 1);
      }
    },
    /** Resolves when that many streams are open on a product. */
    untilOpen: (productId: bigint, count: number) =>
      vi.waitUntil(() => (open.get(productId) ?? 0) === count, { timeout: 10_000, interval: 5 }),
  };
}

function either(target: EventTarget, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      target.removeEventListener(event, settle);
      signal.removeEventListener('abort', settle);
      resolve();
    };
    target.addEventListener(event, settle);
    signal.addEventListener('abort', settle);
  });
}
