import type { Sighting } from './chain/ledger.ts';
import type { RunningChain } from './chain.ts';

/** How the time left went down a chain, hop by hop. */
export type Descent = {
  /** Pairs of a call as it was sent and as it arrived. */
  readonly hops: number;
  /** The most that a call had more than the one it was made for, ms; negative where each had less. */
  readonly mostGainedMs: number;
  /** The most that was lost in one hop, ms. */
  readonly mostLostMs: number;
  /** The most that any call had when it arrived, ms. */
  readonly mostLeftMs: number;
};

/** Compares what each call had left when it arrived with what its parent had when it was sent. */
export async function descent({ edge, middle, leaf }: RunningChain): Promise<Descent> {
  const ledgers = await Promise.all([edge.ledger(), middle.ledger(), leaf.ledger()]);
  const gains: number[] = [];
  for (const [parent, child] of [ledgers.slice(0, 2), ledgers.slice(1)]) {
    const arrived = new Map(child?.arrived.map(({ id, leftMs }: Sighting) => [id, leftMs]));
    for (const { id, leftMs } of parent?.sent ?? []) {
      const got = arrived.get(id);
      if (got !== undefined) gains.push(got - leftMs);
    }
  }
  return {
    hops: gains.length,
    mostGainedMs: Math.max(...gains),
    mostLostMs: -Math.min(...gains),
    mostLeftMs: Math.max(...ledgers.flatMap(({ arrived }) => arrived.map(({ leftMs }) => leftMs))),
  };
}
