import type { Code } from './code.ts';
import type { Delay } from './fault-delay.ts';
import { faultsOn } from './trials.ts';

/** The calls that a fault befalls. */
export type FaultTarget = {
  /** Those that come to this process, as if it were slow or failed, or those that it makes, as if the way there were. */
  readonly side?: 'server' | 'client' | undefined;
  /** "/ecommerce.PricingService/GetPrice"; any where it is left out. */
  readonly rpc?: string | undefined;
  /** The process at the other end: the one that is called, or, where certificates prove it, the one that calls. */
  readonly peer?: string | undefined;
};

/** What befalls a call: before its handler sees it, or before it is sent. */
export type Fault = FaultTarget & {
  /** How long it is held back, ms. */
  readonly delayMs?: Delay | undefined;
  /** Which of the calls are, percent; 100 by default. */
  readonly delayPercentage?: number | undefined;
  /** The status that it then fails with. */
  readonly abortCode?: Code | undefined;
  /** Which of the calls do, percent; 100 by default. */
  readonly abortPercentage?: number | undefined;
};

type Entry = { readonly fault: Fault; readonly healsAt: number; readonly timer: NodeJS.Timeout | undefined };

const entries = new Map<string, Entry>();

/**
 * Lets a fault befall calls of this process, in place of the one that the same target had.
 * @param ttlMs after which it heals by itself
 * @throws Error where faults are not switched on by FAULTS=true
 */
export function setFault(fault: Fault, ttlMs = Number.POSITIVE_INFINITY): void {
  if (!faultsOn) throw new Error('faults are switched off: start the process with FAULTS=true');
  healFault(fault);
  const timer = ttlMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => healFault(fault), ttlMs);
  timer?.unref();
  entries.set(keyOf(fault), { fault, healsAt: performance.now() + ttlMs, timer });
}

/** Heals the fault of exactly this target. */
export function healFault(target: FaultTarget): void {
  clearTimeout(entries.get(keyOf(target))?.timer);
  entries.delete(keyOf(target));
}

/** Heals all. */
export function healFaults(): void {
  for (const { fault } of entries.values()) healFault(fault);
}

/** What is set, and in how many ms each heals by itself. */
export function currentFaults(): readonly (Fault & { readonly healsInMs: number })[] {
  return [...entries.values()].map(({ fault, healsAt }) => ({
    ...fault,
    healsInMs: Math.max(0, Math.round(healsAt - performance.now())),
  }));
}

/** The fault that is set for a call: the latest of those that fit. */
export function faultFor(side: 'server' | 'client', rpc: string, peer: string): Fault | undefined {
  let found: Fault | undefined;
  for (const { fault } of entries.values()) {
    const fits =
      (fault.side ?? 'server') === side && (fault.rpc ?? rpc) === rpc && (fault.peer ?? peer) === peer;
    if (fits) found = fault;
  }
  return found;
}

function keyOf({ side = 'server', rpc = '', peer = '' }: FaultTarget): string {
  return `${side} ${rpc} ${peer}`;
}
