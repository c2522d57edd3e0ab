import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchPriceResponse, create, PricingService } from '@hotpath/contracts';
import {
  type Client,
  coalescePrices,
  createClient,
  implementPart,
  openChannel,
  openPriceCache,
  plaintext,
} from '@hotpath/rpc';
import { createLogger } from '@hotpath/telemetry';
import { openSecurity } from '../../packages/rpc/src/security.ts';
import { createServer } from '../../packages/rpc/src/server.ts';
import { idsOf, openStore, PRODUCTS, toMessage } from '../data.ts';
import { type Peer, type ServeOptions, terms } from './peer.ts';

type Pricing = Client<typeof PricingService>;
type Wrap = (client: Pricing) => Pricing | Promise<Pricing>;

/** What pricing takes at most in one call. */
const LARGEST_BATCH = 500;

const requestFor = (id: number) => ({ productId: BigInt(id), ...terms });

const log = createLogger({ name: 'bench', level: 'warn' });

/** The kit with all that is always on: budgets, admission, metrics; traces where the environment asks for them. */
const kit = (security: typeof openPlain, wrap: Wrap = (client) => client): Peer => ({
  async serve({ delayMs }: ServeOptions) {
    const store = openStore(delayMs);
    const server = createServer({
      services: [PricingService],
      security: await security('pricing'),
      onInternal: (id, { path }, thrown) => log.error({ id, path, err: thrown }, 'internal error'),
    });
    const port = await server.listen('127.0.0.1:0');
    server.open([
      implementPart(PricingService, {
        getPrice: async ({ productId }) => toMessage(await store.one(Number(productId))),
        getPricesBatch: async ({ requests, toCache }) =>
          create(BatchPriceResponse, {
            prices: (await store.many(requests.map(({ productId }) => Number(productId)))).map(toMessage),
            ...(toCache && kept),
          }),
        async *watchChanges(_request, { signal }) {
          yield { position: kept.position, resync: true, changes: [] };
          await once(signal, 'abort'); // nothing ever changes
        },
      }),
    ]);
    return `127.0.0.1:${port}`;
  },
  async connect(address) {
    const { serviceConfig } = PricingService;
    const credentials = (await security('inventory')).channelCredentials('pricing');
    const client = await wrap(
      createClient(PricingService, openChannel(address, { serviceConfig, credentials })),
    );
    return {
      price: (id) => client.getPrice(requestFor(id)),
      batch: async (ids) => (await client.getPricesBatch({ requests: ids.map(requestFor) })).prices,
    };
  },
});

/** What an answer tells callers that will keep it: no change since then, and none that is due. */
const kept = { position: 1n, holdsForMs: 86_400_000 };

const openPlain = async (_process: string) => plaintext('insecure');

/** By the files of the process in the folder TLS_FOLDERS. */
const openMutualTls = (process_: string) =>
  openSecurity(
    { TRANSPORT_SECURITY: 'mtls', TLS_FOLDER: `${process.env.TLS_FOLDERS}/${process_}`, SPIFFE_BASE },
    process_,
    log,
  );

/** What the names of the benchmark's processes begin with. */
export const SPIFFE_BASE = 'spiffe://bench.hotpath.local';

export const hotpath = kit(openPlain);
/** Its callers' look-ups of one price become batches. */
export const coalesced = kit(openPlain, coalescePrices);
/** Its callers have read all prices, and keep each until the change feed tells that it has changed. */
export const cached = kit(openPlain, async (client) => {
  const cache = openPriceCache(coalescePrices(client), {
    size: PRODUCTS,
    ageMs: 60_000,
    mostStaleMs: 1_000,
    path: 'inventory: prices',
    onError: (err) => log.error({ err }, 'the change feed'),
  });
  while (!cache.state().live) await sleep(10);
  for (let from = 0; from < PRODUCTS; from += LARGEST_BATCH) {
    await cache.pricing.getPricesBatch({
      requests: idsOf(from / LARGEST_BATCH, LARGEST_BATCH).map(requestFor),
    });
  }
  return cache.pricing;
});
/** Both sides prove who they are. */
export const mutualTls = kit(openMutualTls);
