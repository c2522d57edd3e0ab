import {
  type ExportedSpan,
  type OtlpReceiver,
  type RunningShop,
  readEvents,
  restClient,
  signIn,
  startOtlpReceiver,
  startShop,
} from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

let receiver: OtlpReceiver;
let shop: RunningShop;
let rest: ReturnType<typeof restClient>;
let token: string;

// Nothing is sampled unless its caller's traceparent or the debug header says so.
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  shop = await startShop({
    ...receiver.env,
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  });
  rest = restClient(shop.gateway);
  token = await signIn(rest, 'vip');
}, 120_000);
afterAll(async () => {
  await shop?.stop();
  await receiver?.close();
});

const newTrace = () => crypto.randomUUID().replaceAll('-', '');
const parentSpan = '00000000000000aa';
const sampled = (traceId: string) => ({ traceparent: `00-${traceId}-${parentSpan}-01` });
const unsampled = (traceId: string) => ({ traceparent: `00-${traceId}-${parentSpan}-00` });
const of = (traceId: string) => (span: ExportedSpan) => span.traceId === traceId;
/** Spans of calls; the statements that they ran have their own. */
const callsOf = (traceId: string) => (span: ExportedSpan) =>
  span.traceId === traceId && !('db.system.name' in span.attributes);
const brief = ({ service, kind, name }: ExportedSpan) => `${service} ${kind} ${name}`;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a page view is one trace of spans of the four processes, each within its parent', async () => {
  const traceId = newTrace();
  expect((await rest('GET', '/api/products?pageSize=5', { token, headers: sampled(traceId) })).status).toBe(
    200,
  );
  const spans = await receiver.until((spans) => spans.length >= 7, callsOf(traceId));
  expect(spans.map(brief).sort()).toEqual([
    'gateway client ecommerce.InventoryService/ListProducts',
    'gateway server GET /api/products',
    'inventory client ecommerce.PricingService/GetPricesBatch',
    'inventory client ecommerce.UserService/GetSegment',
    'inventory server ecommerce.InventoryService/ListProducts',
    'pricing server ecommerce.PricingService/GetPricesBatch',
    'user server ecommerce.UserService/GetSegment',
  ]);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const root = spans.find(({ parentSpanId }) => parentSpanId === parentSpan);
  expect(root && brief(root)).toBe('gateway server GET /api/products');
  for (const span of spans) {
    if (span === root) continue;
    const parent = byId.get(span.parentSpanId ?? '');
    expect(parent, brief(span)).toBeDefined();
    expect(span.start, brief(span)).toBeGreaterThanOrEqual(parent?.start ?? 0n);
    expect(span.end, brief(span)).toBeLessThanOrEqual(parent?.end ?? 0n);
  }
});

test('spans tell method, status and budget by the names of the conventions', async () => {
  const traceId = newTrace();
  await rest('GET', '/api/products/99999999', { headers: sampled(traceId) });
  const [call] = await receiver.until(
    (spans) => spans.length > 0,
    (span) => callsOf(traceId)(span) && span.service === 'inventory',
  );
  expect(call?.attributes).toMatchObject({
    'rpc.system.name': 'grpc',
    'rpc.method': 'ecommerce.InventoryService/GetProduct',
    'rpc.response.status_code': 'NOT_FOUND',
    'hotpath.budget.start_ms': expect.any(Number),
    'hotpath.budget.end_ms': expect.any(Number),
  });
  expect(call?.failed).toBe(false);
});

test('the debug header has a trace exported that the sampler leaves out', async () => {
  const { body } = await rest('GET', '/api/products/99999999', { headers: { 'x-trace-debug': '1' } });
  const spans = await receiver.until((spans) => spans.length >= 3, callsOf(body.traceId));
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['gateway', 'inventory']));
});

test('a call of a trace that is not sampled exports nothing, and its problem still names the trace', async () => {
  const traceId = newTrace();
  const { body } = await rest('GET', '/api/products/99999999', { headers: unsampled(traceId) });
  expect(body).toMatchObject({ status: 404, traceId });
  const again = await rest('GET', '/api/products/99999999');
  expect(again.body.traceId).toMatch(/^[\da-f]{32}$/);
  await wait(300);
  expect(receiver.spans.filter(of(traceId))).toEqual([]);
  expect(receiver.spans.filter(of(again.body.traceId))).toEqual([]);
});

test('a missed deadline exports one span per process that saw it, though its trace is not sampled', async () => {
  const traceId = newTrace();
  process.kill(shop.pids.pricing, 'SIGSTOP');
  const { status, body } = await rest('GET', '/api/products?pageSize=5', {
    token,
    headers: { ...unsampled(traceId), 'x-request-timeout-ms': '400' },
  }).finally(() => process.kill(shop.pids.pricing, 'SIGCONT'));
  expect(status).toBe(504);
  expect(body.traceId).toBe(traceId);
  const seenBy = (name: string) => (span: ExportedSpan) => of(traceId)(span) && span.service === name;
  const [gateway] = await receiver.until((spans) => spans.length > 0, seenBy('gateway'));
  const [inventory] = await receiver.until((spans) => spans.length > 0, seenBy('inventory'));
  await wait(300);
  expect(receiver.spans.filter(seenBy('gateway'))).toHaveLength(1);
  expect(receiver.spans.filter(seenBy('inventory'))).toHaveLength(1);
  expect(receiver.spans.filter(seenBy('pricing')).length).toBeLessThanOrEqual(1);
  expect(receiver.spans.filter(seenBy('user'))).toEqual([]);
  expect(gateway).toMatchObject({ name: 'GET /api/products', failed: true, parentSpanId: parentSpan });
  expect(gateway?.attributes['http.response.status_code']).toBe(504);
  expect(inventory).toMatchObject({ failed: true, parentSpanId: gateway?.spanId });
  expect(inventory?.attributes['rpc.response.status_code']).toBe('DEADLINE_EXCEEDED');
});

test('a flash sale is one trace, from its POST to the events of all browsers, one span for these per process', async () => {
  const traceId = newTrace();
  const browsers = 20;
  const product = '9300';
  const merchant = await signIn(rest, 'merchant');
  const leave = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: browsers }, () =>
      readEvents(`${shop.gateway}/api/products/${product}/price/stream`, {
        signal: leave.signal,
        headers: sampled(newTrace()),
      }),
    ),
  );
  for (const stream of streams) await stream.next();
  const next = streams.map((stream) => stream.next());
  const endsAt = new Date(Date.now() + 60_000).toISOString();
  const sale = { productIds: [product], percentOff: 30, endsAt };
  await rest('POST', '/api/sales', { body: sale, token: merchant, headers: sampled(traceId) });
  for (const event of await Promise.all(next))
    expect(JSON.parse(event.value.data).reason).toBe('sale_started');
  const steps = [
    'pricing server ecommerce.PricingService/StartSale',
    'pricing consumer tell watchers of price changes',
    'gateway consumer send price events to browsers',
  ];
  const named = (spans: readonly ExportedSpan[], step: string) => spans.find((span) => brief(span) === step);
  const spans = await receiver.until((spans) => steps.every((step) => named(spans, step)), of(traceId));
  leave.abort();
  const [startSale, told, sent] = steps.map((step) => named(spans, step)) as ExportedSpan[];
  expect(told).toMatchObject({ parentSpanId: startSale?.spanId, attributes: { 'hotpath.deliveries': 1 } });
  expect(sent).toMatchObject({ parentSpanId: told?.spanId, attributes: { 'hotpath.deliveries': browsers } });
  expect(sent?.end).toBeGreaterThan(startSale?.start ?? 0n);
});

test('a stream of events has a span that ends when it is open, not with it', async () => {
  const traceId = newTrace();
  const leave = new AbortController();
  const url = `${shop.gateway}/api/products/9301/price/stream`;
  const stream = await readEvents(url, { signal: leave.signal, headers: sampled(traceId) });
  await stream.next();
  const [opening] = await receiver.until((spans) => spans.length > 0, of(traceId));
  expect(opening).toMatchObject({ name: 'GET /api/products/{id}/price/stream', failed: false });
  expect(opening?.attributes['http.response.status_code']).toBe(200);
  leave.abort();
});

test('a collector that is gone harms nobody, and each process says so once', async () => {
  await receiver.close();
  for (let number = 0; number < 5; number++) {
    expect((await rest('GET', '/api/products?pageSize=5', { headers: sampled(newTrace()) })).status).toBe(
      200,
    );
    await wait(50);
  }
  const from = performance.now();
  await shop.stop();
  expect(performance.now() - from).toBeLessThan(20_000);
  const complaints = shop.log.filter((line) => line.includes('spans cannot be exported'));
  expect(complaints.length).toBeGreaterThan(0);
  expect(new Set(complaints.map((line) => line.split(' ', 1)[0])).size).toBe(complaints.length);
});
