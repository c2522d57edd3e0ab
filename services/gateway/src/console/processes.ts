import { processes } from '@hotpath/contracts';
import type { PeerHealth } from '@hotpath/rpc';
import { registry } from '@hotpath/telemetry';
import { Problem } from '../problem.ts';
import { type AdminSettings, adminAddressOf } from './admin-settings.ts';

/** What the gateway can tell of itself and of those that it calls. */
export type Self = {
  /** What its /readyz says. */
  readiness(): { readonly ready: boolean; readonly reason: string };
  peerHealth(mostMs: number): Promise<readonly PeerHealth[]>;
};

/** What a process says at its admin port. */
export type Told = { readonly ready: boolean; readonly reason: string; readonly metrics: string };

/** A process of the shop. */
export type ShopProcess = {
  readonly name: string;
  /** Rejects with a Problem that says why it could not be asked. */
  ask(signal: AbortSignal): Promise<Told>;
};

/** How long a process may take to tell of itself, ms: less than a route of the console has. */
export const tellMs = 600;

/** All processes of the shop: the gateway itself, and the others by their admin ports. */
export function shopProcesses(settings: AdminSettings, self: Self): readonly ShopProcess[] {
  return Object.keys(processes).map((name) => ({
    name,
    ask: name === 'gateway' ? () => tellOf(self) : (signal) => askAdmin(settings, name, signal),
  }));
}

async function tellOf({ readiness }: Self): Promise<Told> {
  return { ...readiness(), metrics: await registry.metrics() };
}

async function askAdmin(settings: AdminSettings, name: string, signal: AbortSignal): Promise<Told> {
  const address = adminAddressOf(settings, name);
  const soon = AbortSignal.any([signal, AbortSignal.timeout(tellMs)]);
  const get = async (path: string) => {
    const response = await fetch(`http://${address}${path}`, { signal: soon });
    return { ready: response.ok, text: await response.text() };
  };
  try {
    const [{ ready, text }, metrics] = await Promise.all([get('/readyz'), get('/metrics')]);
    return { ready, reason: text.trim(), metrics: metrics.text };
  } catch (cause) {
    throw new Problem(503, 'UNAVAILABLE', {
      detail: `${name} does not tell of itself at its admin port, ${address}`,
      cause,
    });
  }
}
