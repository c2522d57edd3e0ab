import { callGraph } from '@hotpath/contracts';
import { faultsOn } from '@hotpath/rpc';
import type { Logger } from '@hotpath/telemetry';
import express, { type Express } from 'express';
import { answerProblem } from './answer-problem.ts';
import { limitLingering } from './body-time.ts';
import type { CartServer } from './cart-server.ts';
import { createFaultConsole } from './console/faults.ts';
import { createGraphConsole } from './console/graph.ts';
import { type Self, shopProcesses } from './console/processes.ts';
import { isConsoleOn } from './console-on.ts';
import { limitRate, type StreamLimits } from './limits.ts';
import { mountRoutes } from './mount-routes.ts';
import { describeRoutes } from './openapi.ts';
import { mountPages } from './pages.ts';
import type { PriceHub } from './price-hub.ts';
import { Problem } from './problem.ts';
import { consoleRoutes } from './routes/console.ts';
import { faultRoutes } from './routes/console-faults.ts';
import { importRoutes } from './routes/imports.ts';
import { priceStreamRoutes } from './routes/price-streams.ts';
import { priceRoutes } from './routes/prices.ts';
import { productRoutes } from './routes/products.ts';
import { reservationRoutes } from './routes/reservations.ts';
import { saleRoutes } from './routes/sales.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { securityHeaders, stripInternalHeaders } from './security.ts';
import type { Services } from './services.ts';
import type { VerifyToken } from './session.ts';
import type { OwnSettings } from './settings.ts';
import type { EventStreams } from './sse.ts';

/** What the app is made of. */
export type AppParts = {
  readonly settings: OwnSettings;
  readonly self: Self;
  readonly services: Services;
  readonly verify: VerifyToken;
  readonly hub: PriceHub;
  readonly events: EventStreams;
  readonly carts: CartServer;
  readonly limits: StreamLimits;
  readonly log: Logger;
};

/** The gateway's Express app: everything a request passes, in its order. */
export function createApp(parts: AppParts): Express {
  const { settings, self, services, verify, carts, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  // Routes read the query themselves, and answers are as good as new each time.
  app.set('query parser', false);
  app.disable('etag');
  if (settings.TRUST_PROXY !== undefined) app.set('trust proxy', settings.TRUST_PROXY);

  const routes = [
    ...productRoutes(services),
    ...priceRoutes(services),
    ...priceStreamRoutes(parts),
    ...sessionRoutes(services),
    ...reservationRoutes(services),
    ...saleRoutes(services),
    ...importRoutes(services),
    ...(isConsoleOn() ? consoleRoutes(consoleParts(settings, self)) : []),
    ...(faultsOn ? faultRoutes(createFaultConsole(callGraph, settings)) : []),
  ];

  app.use(securityHeaders);
  app.use(stripInternalHeaders);
  app.use(limitLingering);
  app.use(limitRate(settings.RATE_LIMIT_PER_MINUTE, 'requests'));
  app.post('/api/sessions', limitRate(settings.LOGIN_LIMIT_PER_MINUTE, 'logins'));
  app.use('/api', (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  mountRoutes(app, routes, verify);
  app.get('/api/cart', carts.handle);
  mountPages(app, describeRoutes(routes));
  app.use((request) => {
    throw new Problem(404, 'NOT_FOUND', { detail: `nothing is at ${request.path.slice(0, 200)}; see /docs` });
  });
  app.use(answerProblem(log));
  return app;
}

function consoleParts(settings: OwnSettings, self: Self) {
  const processes = shopProcesses(settings, self);
  return { processes, self, graph: createGraphConsole(callGraph, processes), xrayUrl: settings.XRAY_URL };
}
