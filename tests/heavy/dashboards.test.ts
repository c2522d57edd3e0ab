import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dashboards, filesFolder, queriesOf } from '@hotpath/dashboards';
import {
  type OtlpReceiver,
  type Prometheus,
  prometheusAvailable,
  type RunningShop,
  readEvents,
  restClient,
  signIn,
  startOtlpReceiver,
  startPrometheus,
  startShop,
} from '@hotpath/testing';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const missing = prometheusAvailable();
if (missing && process.env.REQUIRE_PROMETHEUS === 'true') {
  throw new Error(`REQUIRE_PROMETHEUS is set, but there is ${missing}`);
}
const rules = join(filesFolder, 'rules.yaml');

/** A panel's query as Grafana would send it for the edge from the gateway to ListProducts. */
const filledIn = (expr: string) =>
  expr
    .replaceAll('$__rate_interval', '30s')
    .replaceAll('$job', 'gateway')
    .replaceAll('$rpc_method', 'ecommerce.InventoryService/ListProducts');

/** The queries of dashboards that give nothing, or not one number. */
async function empty(prometheus: Prometheus, shown: typeof dashboards): Promise<string[]> {
  const queries = shown.flatMap((dashboard) =>
    queriesOf(dashboard).map(({ title, expr }) => [`${dashboard.uid}, ${title}: ${expr}`, expr] as const),
  );
  const answers = await Promise.all(
    queries.map(async ([name, expr]) => [name, await prometheus.query(filledIn(expr))] as const),
  );
  return answers.filter(([, found]) => found.every(({ value }) => Number.isNaN(value))).map(([name]) => name);
}

/** Uses the shop as browsers do until told to stop. */
function use(shop: RunningShop): () => Promise<void> {
  const rest = restClient(shop.gateway);
  let done = false;
  const again = async (work: () => Promise<unknown>) => {
    while (!done) await work();
  };
  const pages = again(() => rest('GET', '/api/products?pageSize=20'));
  const products = again(() =>
    Promise.all([1, 2, 3, 999_999].map((id) => rest('GET', `/api/products/${id}`))),
  );
  const watching = again(async () => {
    const leave = new AbortController();
    const events = await readEvents(`${shop.gateway}/api/products/7/price/stream`, { signal: leave.signal });
    await events.next();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    leave.abort();
  });
  const selling = (async () => {
    const token = await signIn(rest, 'merchant');
    await again(async () => {
      await rest('PUT', '/api/products/7/price', { token, body: { price: 10, currency: 'INR' } });
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
  })();
  return async () => {
    done = true;
    await Promise.all([pages, products, watching, selling]);
  };
}

describe.skipIf(missing)(`Prometheus${missing ? ` (${missing})` : ''}`, () => {
  test('the alerts come when they should, and only then', async () => {
    await promisify(execFile)('promtool', ['test', 'rules', 'packages/dashboards/src/rules.promtool.yaml']);
    await promisify(execFile)('promtool', ['check', 'rules', rules]);
  });

  describePostgres('that scrapes a shop under load', () => {
    let shop: RunningShop;
    let prometheus: Prometheus;
    let receiver: OtlpReceiver;
    let stopUse: () => Promise<void>;

    beforeAll(async () => {
      receiver = await startOtlpReceiver();
      shop = await startShop(receiver.env, '--mtls', '--postgres', await testDatabaseUrl());
      prometheus = await startPrometheus(shop.admin, [rules]);
      stopUse = use(shop);
    });
    afterAll(async () => {
      await stopUse?.();
      await prometheus?.stop();
      await shop?.stop();
      await receiver?.close();
    });

    test('every query of every panel gives data', async () => {
      const own = dashboards.filter(({ uid }) => uid !== 'hotpath-linkerd');
      await expect.poll(() => empty(prometheus, own), { timeout: 90_000, interval: 2_000 }).toEqual([]);
    });

    test('every rule can be evaluated, and finds the good calls of an edge', async () => {
      const edge = 'job="inventory", rpc_method="ecommerce.PricingService/GetPricesBatch"';
      const ratio = () => prometheus.query(`edge:calls_bad:ratio_rate5m{${edge}}`);
      await expect.poll(ratio, { timeout: 30_000 }).toHaveLength(1);
      expect((await ratio())[0]?.value).toBeLessThan(1);
      type Groups = { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      const { groups } = await prometheus.api<Groups>('rules');
      const broken = groups.flatMap((group) => group.rules).filter(({ health }) => health !== 'ok');
      expect(broken).toEqual([]);
    });

    test('the peers that pricing tells are those who have proven themselves', async () => {
      const peers = await prometheus.query(
        'sum by (peer) (rpc_server_call_duration_seconds_count{job="pricing"})',
      );
      expect(peers.map(({ labels }) => labels.peer).sort()).toEqual(['gateway', 'inventory']);
    });

    test('exemplars lead to traces', async () => {
      const query = encodeURIComponent('rpc_server_call_duration_seconds_bucket{job="pricing"}');
      const now = Date.now() / 1000;
      type Exemplars = { exemplars: { labels: { trace_id: string } }[] }[];
      const found = await prometheus.api<Exemplars>(
        `query_exemplars?query=${query}&start=${now - 300}&end=${now + 1}`,
      );
      const ids = found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
      expect(ids.length).toBeGreaterThan(0);
      await expect
        .poll(() => receiver.spans.some(({ traceId }) => ids.includes(traceId)), { timeout: 15_000 })
        .toBe(true);
    });
  });

  const scrape = process.env.LINKERD_METRICS;
  test.skipIf(!scrape)(
    `every query of Linkerd's panels gives data of a real proxy${scrape ? '' : ' (LINKERD_METRICS names no scrape)'}`,
    async () => {
      // A scrape stands still: here its counters grow from one to the next.
      const lines = (await readFile(scrape as string, 'utf8')).split('\n');
      const gauges = new Set(lines.flatMap((line) => /^# TYPE (\S+) gauge/.exec(line)?.[1] ?? []));
      let scrapes = 0;
      const server = createServer((_request, response) => {
        scrapes++;
        const grown = lines.map((line) => {
          const [, series = '', name = '', value] = /^(([a-z_]+)(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
          return !series || gauges.has(name) ? line : `${series} ${Number(value) * scrapes}`;
        });
        response.setHeader('content-type', 'text/plain; version=0.0.4').end(grown.join('\n'));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const prometheus = await startPrometheus({
        linkerd: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      });
      try {
        const linkerd = dashboards.filter(({ uid }) => uid === 'hotpath-linkerd');
        await expect.poll(() => empty(prometheus, linkerd), { timeout: 30_000, interval: 1_000 }).toEqual([]);
      } finally {
        await prometheus.stop();
        server.close();
      }
    },
  );
});
