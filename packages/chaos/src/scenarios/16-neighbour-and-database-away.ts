import { setTimeout as sleep } from 'node:timers/promises';
import { InventoryService, PricingService } from '@hotpath/contracts';
import { codeName, createClient, openChannel, probeHealth, type RpcError } from '@hotpath/rpc';
import { without } from '../chain.ts';
import { neighbourAndDatabaseAway as cluster } from '../cluster/neighbour-and-database-away.ts';
import { migrated, msUntil, startServer } from '../databases.ts';
import { count, steadily } from '../load.ts';
import { atMost, type Check, type Scenario } from '../scenario.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';

const NOBODY = '127.0.0.1:9';
const MOST_MS = 5_000;

/** Ways to lose a database, each of which gives the way back. */
const losses: Readonly<Record<string, (wire: TcpProxy) => () => void>> = {
  'its connections are cut': (wire) => {
    const { target } = wire;
    wire.target = NOBODY;
    wire.cutAll();
    return () => {
      wire.target = target;
    };
  },
  'they fall silent': (wire) => {
    wire.silent = true;
    return () => {
      wire.silent = false;
    };
  },
};

/** A process is well while it can do its own work: without its neighbours, but not without its database. */
export const neighbourAndDatabaseAway: Scenario = {
  number: 16,
  name: 'pricing is absent at the start; later it loses its database',
  where: ['local', 'cluster'],
  needs: 'postgres',
  given: 'inventory, and pricing behind a TCP proxy; TCP proxy -> database of pricing',
  load: '20 health checks/s of inventory; one price after the other',
  fault: "inventory starts alone; then pricing's connections to its database are cut, then they fall silent",
  holds:
    'inventory is always SERVING; pricing is NOT_SERVING within 1 s of each loss, and back 2 s after its end',
  defence: 'each process asks its own database, and it alone, whether it is there; without: nobody asks',
  cluster,
  async run(trial) {
    const server = await startServer(trial);
    const gate = await startTcpProxy(NOBODY);
    trial.onClose(() => gate.close());
    const inventory = await trial.start('inventory', {
      DATABASE_URL: await migrated(server, 'inventory'),
      PRICING_ADDRESS: gate.address,
    });
    trial.phase('healthy');
    const probes = steadily(20, () => probeHealth(inventory.address));
    const products = client(inventory.address, InventoryService);
    const hasPrice = async () => {
      const { product } = await products.getProduct({ productId: 1n });
      return product?.price !== undefined;
    };

    const database = new URL(await migrated(server, 'pricing'));
    const wire = await startTcpProxy(database.host);
    trial.onClose(() => wire.close());
    database.host = wire.address;
    const pricing = await trial.start('pricing', {
      DATABASE_URL: database.href,
      ...without(trial, 'database-health'),
    });
    gate.target = pricing.address;
    const pricedMs = await msUntil(MOST_MS, () => hasPrice().catch(() => false));

    const prices = client(pricing.address, PricingService);
    const price = () =>
      prices.getPrice({ productId: 1n }).then(
        () => 'OK',
        ({ code }: RpcError) => codeName(code),
      );
    const is = (state: string) => async () => (await probeHealth(pricing.address)) === state;
    const checks: Check[] = [];
    for (const [what, lose] of Object.entries(losses)) {
      trial.phase('fault');
      const heal = lose(wire);
      checks.push(
        atMost(`NOT_SERVING after ${what}`, await msUntil(MOST_MS, is('NOT_SERVING')), 1_000, 'ms'),
      );
      const answer = await price();
      checks.push(
        atMost(
          `a price meanwhile that is not UNAVAILABLE`,
          answer === 'UNAVAILABLE' ? 0 : 1,
          0,
          `(${answer})`,
        ),
      );
      await sleep(1_000);
      heal();
      trial.phase('healed');
      checks.push(atMost(`SERVING again after ${what}`, await msUntil(MOST_MS, is('SERVING')), 2_000, 'ms'));
      checks.push(
        atMost(
          `a price again after`,
          await msUntil(MOST_MS, async () => (await price()) === 'OK'),
          500,
          'ms',
        ),
      );
    }

    const health = await probes.stop();
    const unwell = health.length - count(health, 'SERVING');
    return [
      ...checks,
      atMost('inventory not SERVING', unwell, 0, `of ${health.length} checks`),
      atMost('a product has its price after pricing has come', pricedMs, 2_000, 'ms'),
    ];

    function client<S extends typeof InventoryService | typeof PricingService>(address: string, service: S) {
      const channel = openChannel(address);
      trial.onClose(() => channel.close());
      return createClient(service, channel);
    }
  },
};
