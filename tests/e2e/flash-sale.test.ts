import { readEvents, restClient, signIn } from '@hotpath/testing';
import { expect, inject, test } from 'vitest';

const { gateway, admin } = inject('shop');
const rest = restClient(gateway);
const browsers = 100;
const rounds = 10;

/** The value of a gauge without labels on the gateway's /metrics. */
async function gauge(name: string): Promise<number> {
  const text = await (await fetch(`http://${admin.gateway}/metrics`)).text();
  const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
  if (!line) throw new Error(`no ${name} on /metrics`);
  return Number(line[1]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const upstreams = () => gauge('hotpath_gateway_upstream_watches');

test(`a flash sale reaches ${browsers} browsers once each, over one upstream stream`, async () => {
  const product = '9200';
  const merchant = await signIn(rest, 'merchant');
  const before = await upstreams();
  const leave = new AbortController();
  const streams = await Promise.all(
    Array.from({ length: browsers }, () =>
      readEvents(`${gateway}/api/products/${product}/price/stream`, { signal: leave.signal }),
    ),
  );
  const seen: string[][] = streams.map(() => []);
  const waiting = new Map<string, { left: number; done: (at: number) => void }>();
  const readers = streams.map(async (stream, i) => {
    try {
      for await (const { id, event, data } of stream) {
        const { reason, sequence } = JSON.parse(data);
        expect(event).toBe('price');
        expect(id).toBe(String(sequence));
        if (reason === 'snapshot') continue;
        seen[i]?.push(id);
        const wait = waiting.get(reason);
        if (wait && --wait.left === 0) wait.done(performance.now());
      }
    } catch (error) {
      if (!leave.signal.aborted) throw error;
    }
  });
  const all = (reason: string) =>
    new Promise<number>((done) => waiting.set(reason, { left: browsers, done }));
  await until(async () => (await gauge('hotpath_gateway_sse_clients')) >= browsers);
  expect((await upstreams()) - before).toBe(1);

  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = all('sale_started');
    const from = performance.now();
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    const sale = await rest('POST', '/api/sales', {
      body: { productIds: [product], percentOff: 30, endsAt },
      token: merchant,
    });
    expect(sale.status).toBe(201);
    times.push((await started) - from);
    const ended = all('sale_ended');
    expect((await rest('DELETE', `/api/sales/${sale.body.saleId}`, { token: merchant })).status).toBe(200);
    await ended;
  }
  for (const ids of seen) {
    expect(ids).toHaveLength(2 * rounds);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toEqual(seen[0]);
  }
  times.sort((a, b) => a - b);
  const ms = (p: number) => times[Math.min(times.length - 1, Math.floor(times.length * p))]?.toFixed(1);
  console.log(
    `flash sale, POST /api/sales to the last of ${browsers} browsers' events, ${rounds} rounds: median ${ms(0.5)} ms, p99 ${ms(0.99)} ms`,
  );

  leave.abort();
  await Promise.all(readers);
  await until(async () => (await upstreams()) === before);
});
