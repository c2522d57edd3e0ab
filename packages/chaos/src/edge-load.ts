import { count, sendFor } from './load.ts';
import type { Running } from './trial.ts';

/** Sends one request to an edge; gives its HTTP status. */
export function askEdge(edge: Running, signal?: AbortSignal): (id: string) => Promise<string> {
  return async (id) => {
    const response = await fetch(`http://${edge.address}/work?id=${id}`, { ...(signal && { signal }) });
    await response.arrayBuffer();
    return String(response.status);
  };
}

/** @throws Error where an edge does not answer as it should before anything is done to it. */
export async function proveHealthy(edge: Running): Promise<void> {
  // The first requests wait for connections and compilers, perhaps beyond their budget.
  const ask = askEdge(edge);
  for (let tries = 0; (await ask('warm-up')) !== '200'; tries++) {
    if (tries === 50) throw new Error('the chain does not answer before anything is done to it');
  }
  const outcomes = await sendFor(500, 20, ask);
  const failed = outcomes.length - count(outcomes, '200');
  if (failed > 0) throw new Error(`${failed} of ${outcomes.length} requests failed before anything was done`);
}
