import { callGraph, InventoryService, PricingService, UserService } from '@hotpath/contracts';
import { type Client, createClient, openChannel, startServer } from '@hotpath/rpc';
import { createLogger } from '@hotpath/telemetry';
import { onTestFinished } from 'vitest';
import { openGateway } from '../gateway.ts';
import type { Settings } from '../settings.ts';
import { type StandIns, standIns } from './stand-ins.ts';

const settings = {
  XRAY_URL: undefined,
  TRUST_PROXY: undefined,
  RATE_LIMIT_PER_MINUTE: 12_000,
  LOGIN_LIMIT_PER_MINUTE: 60,
  MAX_STREAMS_PER_CLIENT: 256,
  MAX_STREAMS: 10_000,
};

/** A client of a real server with some handlers of pricing, until the test has finished. */
export async function startPricing(handlers: StandIns['pricing']): Promise<Client<typeof PricingService>> {
  const server = await startServer(standIns({ pricing: handlers }));
  const channel = openChannel(server.address);
  onTestFinished(async () => {
    channel.close();
    await server.close();
  });
  return createClient(PricingService, channel, callGraph);
}

/**
 * A gateway before real gRPC servers with small, fixed data, until the test has finished.
 * @returns its URL, and how to close it
 */
export async function startGateway(own: StandIns = {}, changed: Partial<Settings> = {}) {
  const server = await startServer(standIns(own));
  const channel = openChannel(server.address);
  const connectPricing = () => createClient(PricingService, channel, callGraph);
  const gateway = await openGateway({
    settings: { ...settings, ...changed },
    self: {
      readiness: () => ({ ready: true, reason: 'ready' }),
      peerHealth: async () => [],
    },
    services: {
      inventory: createClient(InventoryService, channel, callGraph),
      pricing: connectPricing(),
      users: createClient(UserService, channel, callGraph),
    },
    connectPricing,
    host: '127.0.0.1',
    port: 0,
    log: createLogger({ name: 'gateway', level: 'silent' }),
  });
  let closed: Promise<void> | undefined;
  const close = (graceMs = 1_000) => {
    closed ??= gateway.close(graceMs);
    return closed;
  };
  onTestFinished(async () => {
    await close(0); // no client is left that a drain would spare
    channel.close();
    await server.close();
  });
  return { url: `http://127.0.0.1:${gateway.port}`, close };
}
