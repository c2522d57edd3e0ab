import { expect, test } from 'vitest';
import { Code } from '../code.ts';
import { RpcError } from '../errors.ts';
import { startCache } from './price-cache.testing.ts';

const ids = (...productIds: bigint[]) => ({ requests: productIds.map((productId) => ({ productId })) });

test('from the moment the stream breaks prices are read from pricing, until it is open again and up to date', async () => {
  const { client, pricing, breakStreams, state, until, untilLive } = await startCache();
  await client.getPricesBatch(ids(1n, 2n));
  breakStreams();
  await until(() => !state().live);
  pricing.price = 20;
  expect((await client.getPricesBatch(ids(1n))).prices).toMatchObject([{ basePrice: 20 }]);
  expect(state().bypasses).toBe(1);
  await untilLive();
  // Nothing was told of product 2, so nothing has changed, as far as the feed goes on without a gap.
  expect((await client.getPricesBatch(ids(2n))).prices).toMatchObject([{ basePrice: 10 }]);
  expect(pricing.opened).toEqual([0n, 100n]);
});

test('after a gap everything is forgotten, whether the stream was opened again or goes on', async () => {
  const { client, pricing, breakStreams, send, change, state, until, untilLive } = await startCache();
  await client.getPricesBatch(ids(1n, 2n));
  pricing.hasGap = true;
  breakStreams();
  await until(() => !state().live);
  await untilLive();
  expect(state()).toMatchObject({ entries: 0, invalidations: 2 });
  await client.getPricesBatch(ids(1n));
  send({ position: change(), resync: true, changes: [] });
  await until(() => state().entries === 0);
  await untilLive();
  expect(pricing.opened).toEqual([0n, 100n]);
});

test('a stream that says nothing of what was committed is not live, though it is open and its server answers', async () => {
  const { client, pricing, change, tell, state, until, untilLive } = await startCache({ mostStaleMs: 300 });
  await client.getPrice({ productId: 1n });
  change();
  const changedAt = performance.now();
  await until(() => !state().live);
  const silentMs = performance.now() - changedAt;
  pricing.price = 20;
  expect((await client.getPrice({ productId: 1n })).basePrice).toBe(20);
  await tell(2n);
  await untilLive();
  expect(pricing.opened).toEqual([0n]);
  // By its own clock; the rest is what this test took to look.
  expect(silentMs).toBeLessThan(300 + 5_000);
});

test('its server leaving is no error, anything else is told; either way it is opened again', async () => {
  const { errors, send, breakStreams, pricing, until, untilLive } = await startCache();
  breakStreams();
  await until(() => pricing.opened.length === 2);
  await untilLive();
  send(new RpcError(Code.PERMISSION_DENIED, 'not you'));
  await until(() => pricing.opened.length === 3);
  expect(errors).toMatchObject([{ code: Code.PERMISSION_DENIED }]);
});
