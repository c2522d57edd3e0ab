import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import {
  articleClient,
  goProgram,
  pythonEnvironment,
  readEvents,
  restClient,
  signIn,
} from '@hotpath/testing';
import { expect, test } from 'vitest';
import { run } from '../../scripts/programs.ts';
import { forward, gateway } from './cluster.ts';
import { startPod } from './pods.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
/** The certificates that `npm run cluster` gave to the pods. */
const certificates = (name: string) => join(process.env.HOTPATH_DATA || '.hotpath', 'certs', name);
const rest = restClient(gateway);

test('REST: a page of products with prices and stock, by three services', async () => {
  const { status, body } = await rest('GET', '/api/products?pageSize=20&currency=EUR');
  expect(status).toBe(200);
  expect(body.items).toHaveLength(20);
  for (const { price, stock } of body.items) {
    expect(price).toBeGreaterThan(0);
    expect(stock).toHaveLength(5);
  }
});

test('SSE: a change of a price comes to a stream that is open', async () => {
  const merchant = await signIn(rest, 'merchant');
  const leave = new AbortController();
  const stream = await readEvents(`${gateway}/api/products/9310/price/stream`, { signal: leave.signal });
  expect(JSON.parse((await stream.next()).value.data).reason).toBe('snapshot');
  const price = 1000 + Math.floor(Math.random() * 1000);
  const body = { price, currency: 'INR' };
  expect((await rest('PUT', '/api/products/9310/price', { body, token: merchant })).status).toBe(200);
  expect(JSON.parse((await stream.next()).value.data)).toMatchObject({
    reason: 'price_changed',
    originalPrice: price,
  });
  leave.abort();
});

test('WebSocket: a cart is quoted', async () => {
  const socket = new WebSocket(`${gateway.replace('http', 'ws')}/api/cart`);
  const message = new Promise<MessageEvent>((resolve, reject) => {
    socket.addEventListener('message', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('the socket failed')), { once: true });
  });
  socket.addEventListener('open', () =>
    socket.send(JSON.stringify({ type: 'set', productId: '1', quantity: 2 })),
  );
  const quote = JSON.parse((await message).data);
  expect(quote.lines).toMatchObject([{ productId: '1', quantity: 2 }]);
  socket.close();
});

test("the article's client gets a price from pricing, through kubectl port-forward", async () => {
  const pricing = await forward('service/pricing', 50_052);
  const client = articleClient(
    path('../contract/article/pricing.proto'),
    pricing.address.replace('127.0.0.1', 'localhost'),
    as('gateway'),
  );
  try {
    const request = { product_id: 123, currency: 'INR', customer_segment: 'vip' };
    const price = await promisify(client.GetPrice.bind(client))(request, { deadline: Date.now() + 5_000 });
    expect(price.discounted_price).toBeCloseTo(price.base_price * 0.9, 2);
  } finally {
    client.close();
    await pricing.stop();
  }
});

test('a Python client makes all four kinds of call to pricing, through kubectl port-forward', async () => {
  const bin = await pythonEnvironment(new URL('../python/requirements.txt', import.meta.url));
  const pricing = await forward('service/pricing', 50_052);
  try {
    const address = pricing.address.replace('127.0.0.1', 'localhost');
    const args = [path('../python/client.py'), path('../../protos'), address, certificates('gateway')];
    expect(await run(join(bin, 'python'), args, { capture: true })).toContain('6 passed, 0 failed\n');
  } finally {
    await pricing.stop();
  }
});

test('grpc_health_probe finds every service serving, from inside the pod network', async () => {
  const probe = readFileSync(await goProgram('github.com/grpc-ecosystem/grpc-health-probe@v0.4.61'));
  // With the label of a caller, as which the network lets it through.
  await using pod = await startPod({ name: 'health-probe', labels: { 'app.kubernetes.io/name': 'gateway' } });
  await pod.write('/tmp/probe', probe);
  await pod.exec('chmod', '+x', '/tmp/probe');
  for (const [name, port] of Object.entries({ inventory: 50_051, pricing: 50_052, user: 50_053 })) {
    // It says what it found on standard error.
    const probed = `/tmp/probe -addr=${name}:${port} -tls -tls-no-verify 2>&1`;
    expect(await pod.exec('sh', '-c', probed)).toContain('status: SERVING');
  }
});

/** The credentials of a workload, for a client that looks at host names. */
function as(name: string): ChannelCredentials {
  const read = (file: string) => readFileSync(join(certificates(name), file));
  return credentials.createSsl(read('ca.crt'), read('tls.key'), read('tls.crt'));
}
