import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Code, coalesce, notFound, RpcError, runProcess, withBudget } from '@hotpath/rpc';
import express, { type ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { type Parcel, type Rate, ShippingService } from '../generated/index.ts';
import { parcelsOf } from '../orders.ts';
import { callGraph } from './call-graph.ts';

const statuses: Partial<Record<Code, number>> = {
  [Code.CANCELLED]: 499,
  [Code.NOT_FOUND]: 404,
  [Code.UNAVAILABLE]: 503,
  [Code.DEADLINE_EXCEEDED]: 504,
};

const problem: ErrorRequestHandler = (error, _request, response, next) => {
  if (!(error instanceof RpcError)) return next(error);
  response.status(statuses[error.code] ?? 500).json({ title: error.message });
};

await runProcess({
  name: 'orders',
  port: 8070,
  adminPort: 9070,
  callGraph,
  retries: true, // it is the outermost process
  settings: { SHIPPING_ADDRESS: z.string().default('127.0.0.1:50071') },
  async open({ settings, connect, host, port, listening, onClose }) {
    const shipping = connect(ShippingService, settings.SHIPPING_ADDRESS);

    // Asks for one rate. All that are asked for in one turn of the event loop travel as one call.
    const rateOf = coalesce<Parcel, Rate>({
      maxSize: 500,
      identity: ({ zone, grams }) => `${zone} ${grams}`,
      async load(parcels) {
        const { rates } = await shipping.getRates({ parcels });
        return rates.map((rate, index) =>
          rate.known ? rate : notFound(`nothing is shipped to ${parcels[index]?.zone}`),
        );
      },
    });

    const app = express();
    app.get('/orders/:id', async (request, response) => {
      const parcels = parcelsOf(Number(request.params.id));
      const left = new AbortController();
      response.on('close', () => left.abort());
      const budget = { path: 'GET /orders/{id}', budgetMs: 1000, signal: left.signal };
      const rates = await withBudget(budget, () => Promise.all(parcels.map(rateOf)));
      const priced = parcels.map((parcel, index) => {
        const { cents, days } = rates[index] as Rate;
        return { ...parcel, cents: Number(cents), days };
      });
      response.json({ parcels: priced });
    });
    app.use(problem);
    const server = app.listen(port, host);
    await once(server, 'listening');
    onClose(() => void server.close());
    listening((server.address() as AddressInfo).port);
  },
});
