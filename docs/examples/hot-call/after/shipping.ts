import { implement, invalidArgument, serve } from '@hotpath/rpc';
import { ShippingService } from '../generated/index.ts';
import { rateFor } from '../rates.ts';
import { callGraph } from './call-graph.ts';
import '../before/shipping.ts'; // the old callers' REST stays until nobody asks it any more

await serve({
  name: 'shipping',
  port: 50_071,
  adminPort: 9071,
  services: [ShippingService],
  callGraph,
  settings: {},
  async open() {
    return [
      implement(ShippingService, {
        getRates({ parcels }) {
          if (parcels.length > 500) throw invalidArgument('parcels', 'must be at most 500');
          return {
            rates: parcels.map(({ zone, grams }) => {
              const rate = rateFor(zone, grams);
              if (!rate) return { known: false, cents: 0n, days: 0 };
              return { known: true, cents: BigInt(rate.cents), days: rate.days };
            }),
          };
        },
      }),
    ];
  },
});
