import { PricingService } from '@hotpath/contracts';
import { listenAdmin, newSpanId, newTraceId } from '@hotpath/telemetry';
import { afterEach, expect, test } from 'vitest';
import { withBudget } from './call.ts';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { coalescePrices } from './coalesce-prices.ts';
import { notFound, unavailable } from './errors.ts';
import { type Handlers, implementPart } from './implement.ts';
import { cleanUp, newAuthority, securityOf, startPricing } from './mtls.testing.ts';
import { startServer } from './start-server.ts';
import { recordSpans } from './traces.testing.ts';

const after = cleanUp();
afterEach(() => after.run());

const price = {
  productId: 1n,
  basePrice: 10,
  discountedPrice: 9,
  isOnSale: false,
  saleEndsAt: 0n,
  currency: 'INR',
};

async function pricing(handlers: Partial<Handlers<typeof PricingService>>) {
  const server = await startServer([implementPart(PricingService, handlers)]);
  const channel = openChannel(server.address, { serviceConfig: PricingService.serviceConfig, retries: true });
  after(() => server.close());
  after(() => channel.close());
  return createClient(PricingService, channel);
}

/** What this process measures, scraped from its admin port: each line's value by the line's name and labels. */
async function scrape(accept = 'text/plain') {
  const admin = await listenAdmin({
    host: '127.0.0.1',
    port: 0,
    readiness: () => ({ ready: true, reason: '' }),
  });
  const response = await fetch(`http://127.0.0.1:${admin.port}/metrics`, { headers: { accept } });
  const text = await response.text();
  admin.close();
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => /^(\S+?(?:\{.*?\})?) (\S+)/.exec(line)?.slice(1) as [string, string])
      .map(([name, value]) => [name, Number(value)]),
  );
  return { text, type: response.headers.get('content-type'), at: (name: string) => values.get(name) };
}

const until = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
};
const rpc = 'rpc_method="ecommerce.PricingService/';
const code = (name: string) => `rpc_response_status_code="${name}"`;

test('a scrape tells the calls of each method, code and peer, on both sides', async () => {
  const client = await pricing({
    getPrice({ productId }) {
      if (productId === 2n) throw notFound('no price');
      return price;
    },
  });
  for (const productId of [1n, 1n, 2n]) await client.getPrice({ productId }).catch(() => {});
  const { at } = await scrape();
  for (const [side, peer] of [
    ['server', 'anonymous'],
    ['client', 'pricing'],
  ]) {
    const labels = `${rpc}GetPrice",peer="${peer}"`;
    const duration = `rpc_${side}_call_duration_seconds`;
    expect(at(`${duration}_count{${labels},${code('OK')}}`)).toBe(2);
    expect(at(`${duration}_count{${labels},${code('NOT_FOUND')}}`)).toBe(1);
    expect(at(`${duration}_bucket{${labels},${code('OK')},le="10.0"}`)).toBe(2);
    expect(at(`hotpath_rpc_${side}_budget_used_ratio_count{${labels}}`)).toBe(3);
    expect(at(`hotpath_rpc_${side}_past_deadline_total{${labels}}`)).toBe(0);
    expect(at(`rpc_${side}_active_calls{${rpc}GetPrice"}`)).toBe(0);
  }
});

test('calls past their deadline are counted, and how much of it was used', async () => {
  const client = await pricing({
    setPrice: (_request, call) => new Promise((_, reject) => call.onEnd(reject)),
  });
  await client.setPrice({ productId: 1n, requestId: 'x' }, { timeoutMs: 30 }).catch(() => {});
  const past = (side: string, peer: string) =>
    `hotpath_rpc_${side}_past_deadline_total{${rpc}SetPrice",peer="${peer}"}`;
  await until(async () => (await scrape()).at(past('server', 'anonymous')) === 1);
  const { at } = await scrape();
  expect(at(past('client', 'pricing'))).toBe(1);
  const ratio = `hotpath_rpc_client_budget_used_ratio_bucket{${rpc}SetPrice",peer="pricing"`;
  expect(at(`${ratio},le="0.9"}`)).toBe(0);
  expect(at(`${ratio},le="+Inf"}`)).toBe(1);
});

test('the peer on a server is who has proven to call', async () => {
  const authority = await newAuthority();
  const [own, inventory] = await Promise.all(
    ['pricing', 'inventory'].map((name) => securityOf(authority, name, after)),
  );
  const { address } = await startPricing({ security: own }, after);
  const channel = openChannel(address, { credentials: inventory?.channelCredentials('pricing') });
  after(() => channel.close());
  await createClient(PricingService, channel).getPrice({ productId: 1n });
  const count = `rpc_server_call_duration_seconds_count{${rpc}GetPrice",peer="inventory",${code('OK')}}`;
  expect((await scrape()).at(count)).toBe(1);
});

test('attempts after the first are counted', async () => {
  let calls = 0;
  const client = await pricing({
    getPricesBatch() {
      if (++calls === 1) throw unavailable('not yet');
      return { prices: [price], errors: [], position: 0n, holdsForMs: 0 };
    },
  });
  const retries = `hotpath_rpc_client_retries_total{${rpc}GetPricesBatch",peer="pricing"}`;
  expect((await scrape()).at(retries)).toBe(0);
  await client.getPricesBatch({ requests: [{ productId: 1n }] });
  expect((await scrape()).at(retries)).toBe(1);
});

test('the look-ups of a batch are counted', async () => {
  const client = coalescePrices(
    await pricing({
      getPricesBatch: ({ requests }) => ({
        prices: requests.map(() => price),
        errors: [],
        position: 0n,
        holdsForMs: 0,
      }),
    }),
  );
  await Promise.all([1n, 2n, 2n, 3n].map((productId) => client.getPrice({ productId })));
  const { at } = await scrape();
  expect(at('hotpath_coalesced_batch_size_count')).toBe(1);
  expect(at('hotpath_coalesced_batch_size_sum')).toBe(4);
});

test('open streams are counted until they end', async () => {
  const client = await pricing({
    async *watchPrice(_request, call) {
      yield { ...price, newPrice: 9, reason: 'snapshot', sequence: 1n, traceparent: '' };
      await new Promise((_, reject) => call.onEnd(reject));
    },
  });
  const open = async (side: string) =>
    (await scrape()).at(`hotpath_rpc_${side}_open_streams{${rpc}WatchPrice"}`);
  const messages = client.watchPrice({ productId: 1n })[Symbol.asyncIterator]();
  await messages.next();
  expect([await open('server'), await open('client')]).toEqual([1, 1]);
  await messages.return?.();
  await until(async () => (await open('server')) === 0);
  expect(await open('client')).toBe(0);
  expect((await scrape()).text).not.toContain(`open_streams{${rpc}GetPrice"`);
});

test('what may become more than 0 is told from 0 on', async () => {
  await pricing({});
  const { at } = await scrape();
  expect(at(`hotpath_admission_refused_total{${rpc}QuoteCart"}`)).toBe(0);
  expect(at(`hotpath_work_after_end{${rpc}QuoteCart"}`)).toBe(0);
});

test('OpenMetrics has the trace of a sampled call as the exemplar of its bucket', async () => {
  const { stop } = recordSpans(true);
  after(stop);
  const client = await pricing({ endSale: () => ({}) as never });
  const trace = { traceId: newTraceId(), spanId: newSpanId(), sampled: true };
  await withBudget({ path: 'GET /test', budgetMs: 5_000, trace }, () =>
    client.endSale({ saleId: 'x' } as never),
  );
  const { text, type } = await scrape(
    'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  );
  expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  const lines = text.split('\n').filter((line) => line.includes(trace.traceId));
  expect(lines.map((line) => line.slice(0, line.indexOf('{'))).sort()).toEqual([
    'hotpath_rpc_client_budget_used_ratio_bucket',
    'hotpath_rpc_server_budget_used_ratio_bucket',
    'rpc_client_call_duration_seconds_bucket',
    'rpc_server_call_duration_seconds_bucket',
  ]);
  expect(lines[0]).toMatch(/le="[^"]+"\} 1 # \{trace_id="[0-9a-f]{32}"\} [\d.e-]+ \d+(\.\d+)?$/);
  expect((await scrape()).text).not.toContain(trace.traceId);
});
