import { openShop, type Shop } from './cluster/shop.ts';
import { NotTried } from './not-tried.ts';
import { type Result, tryScenario } from './result.ts';
import type { Place, Scenario } from './scenario.ts';
import type { Watcher } from './trial.ts';

/** A scenario as it was tried once. */
export type Attempt = {
  readonly scenario: Scenario;
  /** Whether its defence stood. */
  readonly defended: boolean;
  /** Counted from 1. */
  readonly round: number;
} & (
  | { readonly result: Result }
  /** What is missing here. */
  | { readonly notTried: string }
  /** Why it could not be tried although nothing is missing. */
  | { readonly failed: string }
);

/** What is to be tried. */
export type Series = {
  readonly chosen: readonly Scenario[];
  readonly where: Place;
  readonly defences: readonly boolean[];
  readonly rounds: number;
  /** Whether each takes its whole length. */
  readonly thorough: boolean;
};

/** Tries scenarios one after the other, and yields each attempt when it is done. */
export async function* attempts(
  { chosen, where, defences, rounds, thorough }: Series,
  watch: (scenario: Scenario, defended: boolean) => Watcher,
): AsyncGenerator<Attempt> {
  let shop: Promise<Shop> | undefined;
  const place = () => {
    if (where === 'cluster') shop ??= openShop();
    return shop;
  };
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const scenario of chosen) {
        for (const defended of defences) {
          const what = { scenario, defended, round };
          const watcher = watch(scenario, defended);
          try {
            const result = await tryScenario(scenario, { defended, thorough }, watcher, await place());
            yield { ...what, result };
          } catch (error) {
            const { message } = error as Error;
            yield error instanceof NotTried ? { ...what, notTried: message } : { ...what, failed: message };
          }
        }
      }
    }
  } finally {
    await shop?.then(
      ({ close }) => close(),
      () => {},
    ); // where it could not be opened, each attempt has said so
  }
}

/** Whether it shows what it should: it holds with its defence, and fails without. */
export function proves(attempt: Attempt): boolean {
  return 'result' in attempt && attempt.result.holds === attempt.defended;
}
