import { type PriceResponse, PricingService } from '@hotpath/contracts';
import { newSpanId, newTraceId, type SpanRecord, type TraceContext } from '@hotpath/telemetry';
import { afterEach, expect, test } from 'vitest';
import { admission } from './admission.ts';
import { Call, withBudget } from './call.ts';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { limitCalls } from './client-queue.ts';
import { coalescePrices } from './coalesce-prices.ts';
import { Code } from './code.ts';
import { notFound, unavailable } from './errors.ts';
import { type Handlers, implementPart } from './implement.ts';
import { startServer } from './start-server.ts';
import { recordSpans } from './traces.testing.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const price: PriceResponse = {
  productId: 1n,
  basePrice: 10,
  discountedPrice: 9,
  isOnSale: false,
  saleEndsAt: 0n,
  currency: 'INR',
};

async function pricing(handlers: Partial<Handlers<typeof PricingService>>, sampled = true) {
  const { spans, stop } = recordSpans(sampled);
  const server = await startServer([implementPart(PricingService, handlers)]);
  const channel = openChannel(server.address, { serviceConfig: PricingService.serviceConfig, retries: true });
  closers.push(
    stop,
    () => server.close(),
    () => channel.close(),
  );
  return { spans, client: createClient(PricingService, channel) };
}

const place = (sampled: boolean): TraceContext => ({ traceId: newTraceId(), spanId: newSpanId(), sampled });
const within = <T>(trace: TraceContext, work: () => Promise<T>) =>
  withBudget({ path: 'GET /test', budgetMs: 5_000, trace }, work);
const code = ({ attributes }: SpanRecord) => attributes['rpc.response.status_code'];
const of = (spans: readonly SpanRecord[], kind: SpanRecord['kind']) =>
  spans.filter((span) => span.kind === kind);
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

test('a call is a client span below its caller and a server span below that, with budgets', async () => {
  const { spans, client } = await pricing({ getPrice: () => price });
  const caller = place(true);
  await within(caller, () => client.getPrice({ productId: 1n }));
  await until(() => spans.length === 2);
  const [[sent], [served]] = [of(spans, 'client'), of(spans, 'server')];
  expect(sent).toMatchObject({ name: 'ecommerce.PricingService/GetPrice', parent: caller, error: undefined });
  expect(served?.parent).toEqual(sent?.context);
  expect(code(served as SpanRecord)).toBe('OK');
  expect(served?.attributes['hotpath.budget.start_ms']).toBeLessThanOrEqual(
    sent?.attributes['hotpath.budget.start_ms'] as number,
  );
});

test('a call that is timed out or cancelled tells so, though its handler answers nothing', async () => {
  const { spans, client } = await pricing({
    getPrice: (_request, call) => new Promise((_, reject) => call.onEnd(reject)),
  });
  await client.getPrice({ productId: 1n }, { timeoutMs: 30 }).catch(() => {});
  await until(() => spans.length === 2);
  expect(spans.map(code)).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
  expect(spans.every(({ error }) => error !== undefined)).toBe(true);

  const leave = new AbortController();
  const left = client.getPrice({ productId: 1n }, { signal: leave.signal }).catch(() => {});
  setTimeout(() => leave.abort(), 30);
  await left;
  await until(() => spans.length === 4);
  expect(spans.slice(2).map(code)).toEqual(['CANCELLED', 'CANCELLED']);
  // Nobody failed where a caller has left.
  expect(of(spans, 'server').at(-1)?.error).toBeUndefined();
});

test('in a trace that is not sampled only failures have a span, of the server, below whoever called', async () => {
  const { spans, client } = await pricing({
    getPrice({ productId }) {
      if (productId === 2n) throw notFound('no price');
      if (productId === 3n) throw new Error('a fault of the server');
      return price;
    },
  });
  const caller = place(false);
  for (const productId of [1n, 2n, 3n]) {
    await within(caller, () => client.getPrice({ productId })).catch(() => {});
  }
  await until(() => spans.length > 0);
  expect(spans).toHaveLength(1);
  expect(spans[0]).toMatchObject({ kind: 'server', parent: caller });
  expect(code(spans[0] as SpanRecord)).toBe('INTERNAL');
});

test('a call tried again has a span for each attempt below its own, and servers are below their attempt', async () => {
  let calls = 0;
  const { spans, client } = await pricing({
    getPrice() {
      if (++calls === 1) throw unavailable('not yet');
      return price;
    },
  });
  await client.getPrice({ productId: 1n });
  await until(() => spans.length === 5);
  const whole = of(spans, 'client').find(({ parent }) => !parent) as SpanRecord;
  const attempts = of(spans, 'client').filter(({ parent }) => parent?.spanId === whole.context.spanId);
  expect(attempts.map(({ attributes }) => attributes['hotpath.attempt'])).toEqual([1, 2]);
  expect(attempts.map(code)).toEqual(['UNAVAILABLE', 'OK']);
  expect(of(spans, 'server').map(({ parent }) => parent?.spanId)).toEqual(
    attempts.map(({ context }) => context.spanId),
  );
  expect(attempts[1]?.startMs).toBeGreaterThanOrEqual(attempts[0]?.endMs as number);
  expect(code(whole)).toBe('OK');
});

test("a stream's span ends with its first message", async () => {
  const { spans, client } = await pricing({
    async *watchPrice(_request, call) {
      yield { ...price, newPrice: 9, reason: 'snapshot', sequence: 1n, traceparent: '' };
      await new Promise((_, reject) => call.onEnd(reject));
    },
  });
  const leave = new AbortController();
  const messages = client.watchPrice({ productId: 1n }, { signal: leave.signal })[Symbol.asyncIterator]();
  await messages.next();
  await until(() => spans.length === 2);
  expect(spans.map(code)).toEqual(['OK', 'OK']);
  leave.abort();
  await messages.next().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(spans).toHaveLength(2);
});

test('a batch is in the trace of its first call with its wait, and the others are led to it by a link', async () => {
  const { spans, client } = await pricing({
    getPricesBatch: ({ requests }) => ({
      prices: requests.map(() => price),
      errors: [],
      position: 0n,
      holdsForMs: 0,
    }),
  });
  const coalesced = coalescePrices(client);
  const callers = [place(true), place(true)] as const;
  await Promise.all(callers.map((caller) => within(caller, () => coalesced.getPrice({ productId: 1n }))));
  await until(() => spans.length === 3);
  const [sent] = of(spans, 'client');
  expect(sent?.parent).toEqual(callers[0]);
  expect(sent?.attributes['hotpath.wait.coalesce_ms']).toBeGreaterThan(0);
  expect(sent?.links).toEqual([callers[1]]);
  const [other] = of(spans, 'internal');
  expect(other).toMatchObject({ parent: callers[1], links: [sent?.context] });
});

test.each(['queue', 'admission'] as const)('the wait for the %s is told in ms', async (wait) => {
  const rpc = { service: PricingService, method: PricingService.methods.getPrice } as const;
  const [first, second] = [0, 1].map(() => new Call({ path: '/t/t', budgetMs: 1_000 })) as [Call, Call];
  second.spanAttributes = {};
  const policy = wait === 'queue' ? limitCalls(1, 'traces') : admission({ min: 1, initial: 1, max: 1 });
  const step = policy(async () => undefined, { side: wait === 'queue' ? 'client' : 'server', ...rpc });
  await step(first, {});
  const waited = step(second, {});
  setTimeout(() => first.complete(Code.OK), 20);
  await waited;
  expect(second.spanAttributes[`hotpath.wait.${wait}_ms`]).toBeGreaterThan(15);
});
