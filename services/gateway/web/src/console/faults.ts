import { signal } from '@preact/signals';
import type { Fault, Faults } from '../../../src/schemas/faults.ts';
import { announce } from '../ui/announce.tsx';
import { ProblemError, request } from '../ui/api.ts';
import { msInWords, shortRpc } from './words.ts';

const path = '/api/console/faults';

/** Changes when this page has changed something. */
const changes = signal(0);

/** What is set now; null where faults are switched off. */
export async function askFaults(signal: AbortSignal): Promise<Faults | null> {
  changes.value;
  return request<Faults>('GET', path, { signal }).catch((error) => {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  });
}

/** Sets a fault. @throws ProblemError */
export async function setFault(fault: Fault): Promise<void> {
  await request('PUT', path, { body: fault });
  changes.value++;
  announce(`Set: ${inWords(fault)}`);
}

/** Heals all. @throws ProblemError */
export async function healAll(): Promise<void> {
  await request('DELETE', path);
  changes.value++;
  announce('All is healed');
}

/** What a fault does, and to which calls. */
export function inWords(fault: Pick<Fault, 'caller' | 'callee' | 'rpc'> & Effect): string {
  const { caller, callee, rpc, delayMs, delayPercentage = 100, abortCode, abortPercentage = 100 } = fault;
  const held =
    delayMs !== undefined &&
    `${delayPercentage} % delayed by ${typeof delayMs === 'number' ? msInWords(delayMs) : 'a random time'}`;
  const failed = abortCode !== undefined && `${abortPercentage} % aborted by ${abortCode}`;
  const what = [held, failed].filter(Boolean).join(', ');
  return `${caller} → ${callee}, ${rpc ? shortRpc(rpc) : 'all RPCs'}: ${what}`;
}

type Effect = {
  readonly delayMs?: unknown;
  readonly delayPercentage?: number | undefined;
  readonly abortCode?: string | undefined;
  readonly abortPercentage?: number | undefined;
};
