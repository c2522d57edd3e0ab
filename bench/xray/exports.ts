/** A page of products: service, operation, kind, and from which to which part of its parent, with what below. */
type Sketch = readonly [string, string, number, number, number, ...Sketch[]];

const page: Sketch = [
  'gateway',
  'GET /api/products',
  2,
  0,
  1,
  [
    'gateway',
    'grpc.inventory.InventoryService/ListProducts',
    3,
    0.05,
    0.95,
    [
      'inventory',
      'inventory.InventoryService/ListProducts',
      2,
      0.05,
      0.97,
      ['inventory', 'SELECT prices', 3, 0.05, 0.3],
      [
        'inventory',
        'grpc.user.UserService/GetSegment',
        3,
        0.32,
        0.5,
        ['user', 'user.UserService/GetSegment', 2, 0.1, 0.9, ['user', 'SELECT prices', 3, 0.2, 0.8]],
      ],
      [
        'inventory',
        'grpc.pricing.PricingService/GetPricesBatch',
        3,
        0.52,
        0.97,
        [
          'pricing',
          'pricing.PricingService/GetPricesBatch',
          2,
          0.1,
          0.95,
          ['pricing', 'SELECT prices', 3, 0.1, 0.5],
          ['pricing', 'SELECT prices', 3, 0.1, 0.7],
          ['pricing', 'round', 1, 0.75, 0.9],
        ],
      ],
    ],
  ],
];

const TRACES_PER_EXPORT = 40;

/** Lines as the collector's file exporter writes them: one export of one service each, of some traces. */
export function* exportsOfTraces(traces: number): Generator<string> {
  let byService = new Map<string, unknown[]>();
  for (let number = 0; number < traces; number++) {
    const traceId = number.toString(16).padStart(32, '0');
    const began = 1_790_000_000_000_000_000n + BigInt(number) * 1_234_567n;
    let spanNumber = 0;
    const put = (
      [service, name, kind, from, to, ...below]: Sketch,
      start: number,
      length: number,
      parentSpanId: string,
    ) => {
      const spanId = (number * 100 + ++spanNumber).toString(16).padStart(16, '0');
      const [at, until] = [start + from * length, start + to * length];
      const list = byService.get(service) ?? [];
      byService.set(service, list);
      list.push({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startTimeUnixNano: String(began + BigInt(Math.round(at))),
        endTimeUnixNano: String(began + BigInt(Math.round(until))),
        attributes: [
          {
            key: kind === 3 && name.startsWith('pg') ? 'db.system.name' : 'rpc.system.name',
            value: { stringValue: 'grpc' },
          },
          { key: 'rpc.method', value: { stringValue: name } },
          { key: 'server.address', value: { stringValue: '127.0.0.1' } },
          { key: 'server.port', value: { intValue: '50051' } },
          { key: 'hotpath.budget.start_ms', value: { doubleValue: 300.5 } },
          { key: 'hotpath.budget.end_ms', value: { doubleValue: 270.5 } },
        ],
        status: {},
        flags: 257,
      });
      for (const each of below) put(each as Sketch, at, until - at, spanId);
    };
    put(page, 0, 5e6 + (number % 97) * 1e5, '');
    if ((number + 1) % TRACES_PER_EXPORT > 0 && number + 1 < traces) continue;
    for (const [service, spans] of byService) {
      const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
      yield `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }] })}\n`;
    }
    byService = new Map();
  }
}
