import { readFile } from 'node:fs/promises';
import { type RunningShop, restClient, signIn, startShop } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ndjson = 'application/x-ndjson';

let shop: RunningShop;
let token: string;

beforeAll(async () => {
  shop = await startShop();
  token = await signIn(restClient(shop.gateway), 'merchant');
});
afterAll(() => shop?.stop());

/** Resident memory of each process, MB (proc(5)). */
async function memory(): Promise<Record<string, number>> {
  const sizes = Object.entries(shop.pids).map(async ([name, pid]) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return [name, Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024];
  });
  return Object.fromEntries(await Promise.all(sizes));
}

/** Streams lines to a route as they are made; nothing of them is held. */
async function post(path: string, type: string, lines: Iterable<string>, key: string) {
  const encoder = new TextEncoder();
  const iterator = lines[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      let text = '';
      while (text.length < 65_536) {
        const { value, done } = iterator.next();
        if (done) {
          if (text) controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += `${value}\n`;
      }
      controller.enqueue(encoder.encode(text));
    },
  });
  const response = await fetch(shop.gateway + path, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${token}`, 'idempotency-key': key },
    body,
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, body: (await response.json()) as { errors?: { line: number }[] } };
}

const bad: Record<number, string> = {
  17: '{"productId": "x", "currency": "INR", "price": 1}',
  50000: 'this is no JSON',
  99999: '{"productId": "1", "currency": "JPY", "price": 1.5}',
};
const priceOf = (line: number, offset: number) => (((line * 7 + offset) % 100_000) + 100) / 100;

/** Lines of prices that differ from what is stored; from the line `from` on with bad ones among them. */
function* prices(count: number, offset: number, withBad: boolean) {
  for (let line = 1; line <= count; line++) {
    const price = priceOf(line, offset);
    const productId = String(((line - 1) % 20_000) + 100_001);
    yield (withBad && bad[line]) || JSON.stringify({ productId, currency: 'INR', price });
  }
}

/** The most that each process's memory grows above `base` while `work` runs, MB. */
async function growth<T>(
  base: Record<string, number>,
  work: () => Promise<T>,
): Promise<[T, Record<string, number>]> {
  const peak = await memory();
  const sampler = setInterval(async () => {
    for (const [name, size] of Object.entries(await memory())) peak[name] = Math.max(peak[name] ?? 0, size);
  }, 50);
  try {
    const result = await work();
    return [
      result,
      Object.fromEntries(Object.entries(peak).map(([name, size]) => [name, size - (base[name] ?? 0)])),
    ];
  } finally {
    clearInterval(sampler);
  }
}

test('100,000 lines stream through the gateway in flat memory; three bad ones are reported by line', async () => {
  // What has its size whatever the number of lines comes with the first import, 60 MB in pricing: the database's
  // buffers, touched one by one, its compiled code, and V8's heap. A second of the same size finds it all there, so
  // that what grows from here on grows with the lines.
  expect((await post('/api/prices:import', ndjson, prices(100_000, 1, false), 'first')).status).toBe(200);
  const base = await memory();
  let last = {};
  for (const round of [2, 3, 4]) {
    const key = `round${round}`;
    const started = performance.now();
    const [{ status, body }, grown] = await growth(base, () =>
      post('/api/prices:import', ndjson, prices(100_000, round, true), key),
    );
    const seconds = (performance.now() - started) / 1000;
    const mb = Object.entries(grown).map(([name, size]) => `${name} ${size.toFixed(1)}`);
    console.log(`import of 100,000 lines: ${seconds.toFixed(1)} s, peak growth in MB: ${mb.join(', ')}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ received: 100_000, stored: 99_997, failed: 3 });
    expect(body.errors?.map(({ line }) => line)).toEqual([17, 50_000, 99_999]);
    for (const size of Object.values(grown)) expect(size).toBeLessThan(40);
    last = body;
  }

  // The last good line of a product is what is stored.
  const { body: price } = await restClient(shop.gateway)('GET', '/api/products/120000/price');
  expect(price.price).toBe(priceOf(100_000, 4));
  const again = await post('/api/prices:import', ndjson, prices(100_000, 4, true), 'round4');
  expect(again.body).toEqual({ ...last, replayed: true });
});

test('stock comes by CSV too', async () => {
  function* lines() {
    yield 'productId,warehouseId,available';
    for (let id = 1; id <= 5_000; id++) yield `${id},in-bom-1,${id % 100}`;
    yield '1,nowhere,1';
  }
  const { status, body } = await post('/api/stock:import', 'text/csv', lines(), 'stock');
  expect(status).toBe(200);
  expect(body).toMatchObject({ received: 5_001, stored: 5_000, failed: 1, errors: [{ line: 5_002 }] });
});
