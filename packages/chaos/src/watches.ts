import type { PricingService } from '@hotpath/contracts';
import type { Client } from '@hotpath/rpc';

/** A change of a price, as the database has it. */
export type Told = { readonly productId: bigint; readonly sequence: bigint };

/** A watch of one price. */
export type Watch = {
  readonly productId: bigint;
  /** Resolves when the present price has come. */
  readonly began: Promise<void>;
  /** The sequence of each change that came, snapshots left out. */
  readonly seen: bigint[];
  /** How often its stream has broken. */
  broken: number;
  /** Whether the newest change has come. */
  seesAll(told: readonly Told[]): boolean;
};

/** Watches a price at the first process, and at the second when that stream breaks. */
export function watch(
  [first, second]: readonly [Client<typeof PricingService>, Client<typeof PricingService>],
  { productId, resumes, signal }: { productId: bigint; resumes: boolean; signal: AbortSignal },
): Watch {
  const began = Promise.withResolvers<void>();
  const own: Watch = {
    productId,
    began: began.promise,
    seen: [],
    broken: 0,
    seesAll: (told) => own.seen.at(-1) === told.findLast((one) => one.productId === productId)?.sequence,
  };
  let position = 0n;
  const follow = async () => {
    while (!signal.aborted) {
      const client = own.broken === 0 ? first : second;
      const resumeAfter = resumes ? position : 0n;
      try {
        for await (const { sequence, reason } of client.watchPrice({ productId, resumeAfter }, { signal })) {
          if (reason !== 'snapshot') own.seen.push(sequence);
          position = sequence;
          began.resolve();
        }
      } catch {
        own.broken++;
      }
    }
  };
  void follow();
  return own;
}

/** What watches have seen beside what the database has told. */
export function compare(watches: readonly Watch[], told: readonly Told[]) {
  let missing = 0;
  let twice = 0;
  for (const { productId, seen } of watches) {
    const distinct = new Set(seen);
    twice += seen.length - distinct.size;
    missing += told.filter((one) => one.productId === productId && !distinct.has(one.sequence)).length;
  }
  return { missing, twice, broken: watches.filter(({ broken }) => broken > 0).length };
}
