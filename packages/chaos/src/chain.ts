import type { Defence } from '@hotpath/rpc';
import { type Streams, watched } from './streams.ts';
import type { Running, Trial } from './trial.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Three processes: an edge, a middle, a leaf, and the streams that the middle has opened to the leaf. */
export type RunningChain = {
  readonly edge: Running;
  readonly middle: Running;
  readonly leaf: Running;
  readonly streams: Streams;
};

/** What a process needs to go without a defence of the kit, where the trial does. */
export function without(trial: Trial, defence: Defence): Env {
  return trial.defended ? {} : { WITHOUT_DEFENCES: defence };
}

/** Starts a chain, each process with settings of its own besides those of all. */
export async function startChain(
  trial: Trial,
  env: { readonly all?: Env; readonly edge?: Env; readonly middle?: Env; readonly leaf?: Env } = {},
): Promise<RunningChain> {
  const leaf = await trial.start('node', { ...env.all, ...env.leaf });
  const { address, streams } = await watched(trial, leaf);
  const middle = await trial.start('node', { CHAIN_NEXT: address, ...env.all, ...env.middle });
  const edge = await trial.start('edge', { CHAIN_NEXT: middle.address, ...env.all, ...env.edge });
  return { edge, middle, leaf, streams };
}
