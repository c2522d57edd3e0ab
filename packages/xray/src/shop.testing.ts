import { randomFrom } from './random.ts';
import type { Span } from './span.ts';
import { type Sketch, span } from './spans.testing.ts';

/** What makes one set of page views differ from another. */
export type Shop = {
  readonly seed: number;
  readonly views: number;
  /** How much longer, in ms, user's own part of GetSegment takes. */
  readonly segmentLonger?: number;
  /** How far user's clock is fast, in ms. */
  readonly userFastBy?: number;
};

/** Page views of a shop like ours: gateway, inventory, user, pricing; one in 20 is tried again, one in 50 waits for the pool. */
export function pageViews({ seed, views, segmentLonger = 0, userFastBy = 0 }: Shop): Span[] {
  const random = randomFrom(seed);
  /** About so many ms, seldom much more. */
  const about = (ms: number) => ms * (0.7 + 0.4 * random() + 0.25 * -Math.log(1 - random()));
  const spans: Span[] = [];
  for (let view = 0; view < views; view++) {
    const traceId = (BigInt(seed) * 1_000_000n + BigInt(view)).toString(16).padStart(32, '0');
    const began = 1_790_000_000_000_000_001n + BigInt(view) * 40_000_003n;
    const put = (path: string, operation: string, sketch: Sketch) =>
      spans.push(span(path, { traceId, began, operation, ...sketch }));
    const [inventory, user, pricing] = [
      { service: 'inventory' },
      { service: 'user' },
      { service: 'pricing' },
    ];
    const sql = { kind: 'client', role: 'database' } as const;

    const start = 0.4 + about(0.3);
    const query = start + 0.6 + about(1.8);
    const asked = query + 0.2;
    const answered = asked + 0.7 + about(1.2) + segmentLonger;
    const priced = answered + 0.3;
    const retried = random() < 0.05;
    const pool = random() < 0.02 ? about(12) : 0;
    const lost = retried ? about(6) + 10 : 0;
    const sent = priced + 0.3 + lost;
    const computed = sent + 0.9 + pool + about(3.5);
    const done = computed + 0.3;
    const end = done + about(0.8);

    put('page', 'GET /api/products', { service: 'gateway', kind: 'server', at: [0, end] });
    put('page/list', 'hotpath.inventory.InventoryService/ListProducts', {
      service: 'gateway',
      kind: 'client',
      at: [start - 0.2, done + 0.2],
    });
    put('list/inventory', 'hotpath.inventory.InventoryService/ListProducts', {
      ...inventory,
      kind: 'server',
      at: [start, done],
      waits: { admission: 100_000 },
      budget: { startMs: 300, endMs: 300 - done },
    });
    put('inventory/query', 'SELECT products', { ...inventory, ...sql, at: [start + 0.3, query] });
    put('inventory/segment', 'hotpath.user.UserService/GetSegment', {
      ...inventory,
      kind: 'client',
      at: [asked, answered],
      waits: { queue: 150_000 },
    });
    const fast = userFastBy;
    put('segment/user', 'hotpath.user.UserService/GetSegment', {
      ...user,
      kind: 'server',
      at: [asked + 0.3 + fast, answered - 0.2 + fast],
    });
    put('user/find', 'SELECT users', {
      ...user,
      ...sql,
      at: [asked + 0.4 + fast, answered - 0.4 - segmentLonger + fast],
    });
    put('inventory/prices', 'hotpath.pricing.PricingService/GetPricesBatch', {
      ...inventory,
      kind: 'client',
      at: [priced, computed],
      waits: { coalesce: 300_000 },
    });
    if (retried) {
      put('prices/first', 'attempt', {
        ...inventory,
        kind: 'client',
        attempt: 1,
        failed: true,
        at: [priced + 0.3, priced + 8],
      });
    }
    const attempt = retried ? { attempt: 2 } : {};
    put('prices/last', 'attempt', { ...inventory, kind: 'client', ...attempt, at: [sent, computed] });
    put('last/pricing', 'hotpath.pricing.PricingService/GetPricesBatch', {
      ...pricing,
      kind: 'server',
      at: [sent + 0.4, computed - 0.2],
      waits: { eventloop: random() < 0.1 ? 700_000 : 0 },
    });
    const from = sent + 0.5;
    put('pricing/prices-query', 'SELECT prices', {
      ...pricing,
      ...sql,
      waits: { pool: Math.round(pool * 1e6) },
      at: [from, computed - 0.6],
    });
    put('pricing/sales-query', 'SELECT sales', {
      ...pricing,
      ...sql,
      at: [from, from + (computed - 0.8 - from) / 2],
    });
    put('pricing/audit', 'INSERT seen', { ...pricing, ...sql, at: [computed - 0.5, computed + 6] });
  }
  return spans;
}
