import { type Fault, healFaults, setFault } from '@hotpath/rpc';
import type { Ledger, Sighting } from './ledger.ts';

/** What the runner asks of a process of the chain. */
export type Command =
  /** What befalls Work, as from now; none heals it. */
  | { readonly type: 'fault'; readonly fault?: Fault }
  /** How long the own work takes from now on, ms. */
  | { readonly type: 'work'; readonly ms: number }
  /** To stand still for so long. */
  | { readonly type: 'block'; readonly ms: number }
  /** For its ledger. */
  | { readonly type: 'ledger' };

/** Its answer. */
export type Answer = {
  readonly type: 'ledger';
  /** Calls whose work has begun. */
  readonly started: number;
  /** The age of each call that is being worked on, ms. */
  readonly alive: readonly number[];
  /** The time each call had left when it arrived. */
  readonly arrived: readonly Sighting[];
  /** The time each call had left when it was passed on. */
  readonly sent: readonly Sighting[];
};

/** Nobody changes it: who waits for that waits, and takes no time from others. */
const still = new Int32Array(new SharedArrayBuffer(4));

/** Does what the runner asks, by the channel to the process that has started this one. */
export function obeyRunner(ledger: Ledger, path: string): void {
  process.on('message', (command: Command) => {
    if (command.type === 'fault') {
      if (command.fault) setFault({ rpc: path, ...command.fault });
      else healFaults();
    }
    if (command.type === 'work') ledger.workMs = command.ms;
    if (command.type === 'block') Atomics.wait(still, 0, 0, command.ms);
    if (command.type === 'ledger') process.send?.({ type: 'ledger', ...ledger.read() } satisfies Answer);
  });
}
