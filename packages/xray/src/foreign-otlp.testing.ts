/**
 * Traces of another's shape, made here by hand: of a shop in many languages behind Envoy, with Redis and Kafka, as OpenTelemetry's
 * demo is.
 */
import { createHash } from 'node:crypto';

type Attributes = Readonly<Record<string, string | number | boolean>>;
type Made = {
  readonly name: string;
  readonly kind: 1 | 2 | 3 | 4 | 5;
  /** ms since the trace began, by the clock of its host. */
  readonly at: readonly [number, number];
  readonly parent?: string;
  readonly attributes?: Attributes;
};

const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5] as const;
const proxy = { component: 'proxy' };
const rpc = { 'rpc.system': 'grpc', 'rpc.grpc.status_code': 0 };

/** How far the clock of cart's host is fast, ms. */
export const CART_FAST_BY = 250;

/** The spans of one checkout, which takes 100 ms, by service. */
function checkout(): Readonly<Record<string, Readonly<Record<string, Made>>>> {
  const call = (name: string) => `oteldemo.${name}`;
  const products = [0, 1, 2, 3, 4, 5].map((i) => 18 + 4 * i);
  return {
    'frontend-proxy': {
      ingress: { name: 'ingress', kind: SERVER, at: [0, 100], attributes: proxy },
      egress: {
        name: 'router frontend egress',
        kind: CLIENT,
        at: [1, 99],
        parent: 'ingress',
        attributes: proxy,
      },
    },
    frontend: {
      post: { name: 'POST', kind: SERVER, at: [2, 98], parent: 'egress' },
      route: { name: 'executing api route /api/checkout', kind: INTERNAL, at: [3, 97], parent: 'post' },
      place: {
        name: `grpc.${call('CheckoutService/PlaceOrder')}`,
        kind: CLIENT,
        at: [4, 96],
        parent: 'route',
        attributes: rpc,
      },
    },
    checkout: {
      order: { name: call('CheckoutService/PlaceOrder'), kind: SERVER, at: [6, 94], parent: 'place' },
      prepare: { name: 'prepareOrderItems', kind: INTERNAL, at: [7, 44], parent: 'order' },
      cart: {
        name: call('CartService/GetCart'),
        kind: CLIENT,
        at: [8, 17],
        parent: 'prepare',
        attributes: rpc,
      },
      ...Object.fromEntries(
        products.map((from, i) => [
          `get-${i}`,
          {
            name: call('ProductCatalogService/GetProduct'),
            kind: CLIENT,
            at: [from, from + 4] as const,
            parent: 'prepare',
            attributes: rpc,
          },
        ]),
      ),
      charge: {
        name: call('PaymentService/Charge'),
        kind: CLIENT,
        at: [46, 72],
        parent: 'order',
        attributes: rpc,
      },
      mail: { name: 'HTTP POST', kind: CLIENT, at: [73, 88], parent: 'order' },
      publish: { name: 'orders publish', kind: PRODUCER, at: [89, 92], parent: 'order' },
    },
    cart: {
      'get-cart': {
        name: 'POST /oteldemo.CartService/GetCart',
        kind: SERVER,
        at: [9 + CART_FAST_BY, 16 + CART_FAST_BY],
        parent: 'cart',
      },
      redis: {
        name: 'HGET',
        kind: CLIENT,
        at: [10 + CART_FAST_BY, 15 + CART_FAST_BY],
        parent: 'get-cart',
        attributes: { 'db.system': 'redis', 'net.peer.name': 'valkey-cart' },
      },
    },
    'product-catalog': Object.fromEntries(
      products.map((from, i) => [
        `product-${i}`,
        {
          name: call('ProductCatalogService/GetProduct'),
          kind: SERVER,
          at: [from + 1, from + 3],
          parent: `get-${i}`,
        },
      ]),
    ),
    payment: {
      payment: {
        name: `grpc.${call('PaymentService/Charge')}`,
        kind: SERVER,
        at: [48, 70],
        parent: 'charge',
      },
      charged: { name: 'charge', kind: INTERNAL, at: [49, 69], parent: 'payment' },
    },
    email: {
      email: {
        name: 'POST /send_order_confirmation',
        kind: SERVER,
        at: [74, 87],
        parent: 'mail',
      },
    },
    accounting: {
      accounting: { name: 'order-consumed', kind: CONSUMER, at: [95, 500], parent: 'publish' },
    },
    'fraud-detection': {
      fraud: { name: 'orders process', kind: CONSUMER, at: [93, 190], parent: 'publish' },
    },
  };
}

const languages = ['cpp', 'nodejs', 'go', 'dotnet', 'go', 'nodejs', 'ruby', 'dotnet', 'java'];

/** Checkouts as a collector's file exporter writes them: an export of one service a line. */
export function checkouts(count: number): string {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const began = 1_790_000_000_000_000_001n + BigInt(i) * 1_000_000_000n;
    const time = (ms: number) => String(began + BigInt(Math.round(ms * 1e6)));
    for (const [index, [service, spans]] of Object.entries(checkout()).entries()) {
      const resource = {
        'service.name': service,
        'service.namespace': 'opentelemetry-demo',
        'host.name': `${service}-7c9d`,
        'telemetry.sdk.language': languages[index] as string,
      };
      const spanOf = ([id, { name, kind, at, parent, attributes = {} }]: [string, Made]) => ({
        traceId: hex(`trace ${i}`, 32),
        spanId: hex(id, 16),
        parentSpanId: parent === undefined ? '' : hex(parent, 16),
        flags: 256,
        name,
        kind,
        startTimeUnixNano: time(at[0]),
        endTimeUnixNano: time(at[1]),
        attributes: keyValues(attributes),
        events: [{ timeUnixNano: time(at[0]), name: 'message', attributes: [] }],
        droppedAttributesCount: 0,
        status: {},
      });
      const scope = { name: `io.opentelemetry.${languages[index]}`, version: '1.0' };
      const scopeSpans = [{ scope, spans: Object.entries(spans).map(spanOf) }];
      const resourceSpans = [{ resource: { attributes: keyValues(resource) }, scopeSpans, schemaUrl: '' }];
      lines.push(JSON.stringify({ resourceSpans }));
    }
  }
  return `${lines.join('\n')}\n`;
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'number'
        ? { intValue: String(value) }
        : { [`${typeof value === 'boolean' ? 'bool' : 'string'}Value`]: value },
  }));
}

/** An id of so many digits, always the same for a name. */
function hex(name: string, digits: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, digits);
}
