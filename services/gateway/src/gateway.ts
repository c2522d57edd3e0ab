import type { Logger } from '@hotpath/telemetry';
import { createApp } from './app.ts';
import { createCartServer } from './cart-server.ts';
import type { Self } from './console/processes.ts';
import { createHttpServer, drain, listen } from './http-server.ts';
import { createStreamLimits } from './limits.ts';
import { createPriceHub } from './price-hub.ts';
import type { Services } from './services.ts';
import { createVerifyToken } from './session.ts';
import type { OwnSettings } from './settings.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createEventStreams } from './sse.ts';
import { createStreamLanes } from './stream-lanes.ts';

/** What a gateway needs. */
export type GatewayInit = {
  readonly settings: OwnSettings;
  readonly self: Self;
  readonly services: Services;
  /** One more connection to pricing, for long streams. */
  readonly connectPricing: () => Services['pricing'];
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly log: Logger;
};

/** A running gateway. */
export type Gateway = {
  readonly port: number;
  /** Ends streams and sockets, and lets requests finish for at most `graceMs`; soon takes no new connections. */
  close(graceMs: number): Promise<void>;
};

/** Opens a gateway. Rejects where its port is taken. */
export async function openGateway({
  settings,
  self,
  services,
  connectPricing,
  ...init
}: GatewayInit): Promise<Gateway> {
  const limits = createStreamLimits({
    perClient: settings.MAX_STREAMS_PER_CLIENT,
    total: settings.MAX_STREAMS,
  });
  const verify = createVerifyToken(createSigningKeys(services.users));
  const lanes = createStreamLanes(connectPricing);
  const hub = createPriceHub(lanes);
  const events = createEventStreams();
  const carts = createCartServer({ services, lanes, limits, verify });
  const app = createApp({ settings, self, services, verify, hub, events, carts, limits, log: init.log });
  // As many connections for requests as for streams.
  const server = createHttpServer(app, 2 * settings.MAX_STREAMS);
  carts.attach(server, app);
  return {
    port: await listen(server, init.port, init.host),
    async close(graceMs) {
      const drained = drain(server, graceMs);
      events.close();
      carts.close();
      await drained;
      hub.close();
    },
  };
}
