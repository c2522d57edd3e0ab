import type { WatchChangesResponse } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { afterAll, expect, test } from 'vitest';
import { next, requestId, startPricing } from '../testing.ts';

const pricing = await startPricing();
afterAll(() => pricing.close());
const other = await pricing.replica();

async function setPrice(productId: bigint, minorUnits: bigint, currency = 'INR'): Promise<bigint> {
  const price = { minorUnits, currency };
  return (await pricing.client.setPrice({ requestId: requestId(), productId, price })).sequence;
}

/** Writes changes as an import does and returns their positions. */
async function append(count: number): Promise<bigint[]> {
  const rows = await pricing.db.query<{ sequence: bigint }>(
    `insert into events (product_id, currency, base_minor, percent_off, reason)
     select id, 'INR', 1, 0, 'price_changed' from generate_series(1, $1::bigint) id returning sequence`,
    [count],
  );
  return rows.map(({ sequence }) => sequence);
}

/** A receiver of all changes, from a position if it has one, and the end of its receiving. */
function watch(resumeAfter = 0n, client = pricing.client) {
  const stop = new AbortController();
  const messages = client.watchChanges({ resumeAfter }, { signal: stop.signal })[Symbol.asyncIterator]();
  return {
    next: () => next(messages),
    /** Messages until one has this position. */
    async upTo(position: bigint): Promise<WatchChangesResponse[]> {
      const seen: WatchChangesResponse[] = [];
      do seen.push(await next(messages));
      while ((seen.at(-1) as WatchChangesResponse).position < position);
      return seen;
    },
    async leave() {
      stop.abort();
      await messages.next().catch(() => {});
    },
  };
}

const sequencesOf = (messages: readonly WatchChangesResponse[]) =>
  messages.flatMap(({ changes }) => changes.map(({ sequence }) => sequence));

test('it says at once where it begins, then tells every change of every price, exact and whole', async () => {
  const one = await pricing.product({ INR: 1_000n, JPY: 300n });
  const two = await pricing.product({ USD: 500n });
  const before = await setPrice(two, 501n, 'USD');
  const watcher = watch();
  expect(await watcher.next()).toEqual({ position: before, resync: true, changes: [] });
  const sequence = await setPrice(two, 9_007_199_254n, 'USD');
  expect(await watcher.next()).toEqual({
    position: sequence,
    resync: false,
    changes: [
      {
        productId: two,
        basePrice: { minorUnits: 9_007_199_254n, currency: 'USD' },
        percentOff: 0,
        saleEndsAtMs: 0n,
        reason: 'price_changed',
        sequence,
      },
    ],
  });
  const endsAtMs = BigInt(Date.now() + 60_000);
  const { saleId } = await pricing.client.startSale({
    requestId: requestId(),
    productIds: [one],
    percentOff: 30,
    endsAtMs,
  });
  const { changes } = await watcher.next();
  const sale = { productId: one, percentOff: 30, saleEndsAtMs: endsAtMs, reason: 'sale_started' };
  expect(changes).toMatchObject([
    { ...sale, basePrice: { minorUnits: 1_000n, currency: 'INR' } },
    { ...sale, basePrice: { minorUnits: 300n, currency: 'JPY' } },
  ]);
  await pricing.client.endSale({ requestId: requestId(), saleId });
  expect((await watcher.next()).changes).toMatchObject([
    { reason: 'sale_ended', percentOff: 0, saleEndsAtMs: 0n },
    { reason: 'sale_ended', percentOff: 0, saleEndsAtMs: 0n },
  ]);
  await watcher.leave();
});

test('one that comes back gets what it missed, from any replica, and then what follows', async () => {
  const productId = await pricing.product({ INR: 1n });
  const position = await setPrice(productId, 2n);
  const missed = [await setPrice(productId, 3n), await setPrice(productId, 4n)];
  const watchers = [watch(position), watch(position, other.client)];
  for (const watcher of watchers) {
    expect(await watcher.next()).toEqual({ position, resync: false, changes: [] });
    expect(sequencesOf(await watcher.upTo(missed[1] as bigint))).toEqual(missed);
  }
  const sequence = await setPrice(productId, 5n);
  for (const watcher of watchers) {
    expect(sequencesOf(await watcher.upTo(sequence))).toEqual([sequence]);
    await watcher.leave();
  }
});

test('one that comes back from before the trim, or with a position of another database, must begin anew', async () => {
  const productId = await pricing.product({ INR: 1n });
  const position = await setPrice(productId, 2n);
  await setPrice(productId, 3n);
  const newest = await setPrice(productId, 4n);
  await pricing.trim();
  for (const gone of [position, 2n ** 63n - 1n]) {
    const watcher = watch(gone);
    expect(await watcher.next()).toEqual({ position: newest, resync: true, changes: [] });
    await watcher.leave();
  }
});

test('an import comes in few messages; one far behind is sent it all without being ended', async () => {
  const [quick, slow] = [watch(), watch()];
  const { position } = await quick.next();
  await slow.next();
  const written: bigint[] = [];
  for (let round = 0; round < 60; round++) {
    // Together far more than gRPC and the feed hold for a receiver that takes nothing.
    written.push(...(await append(300)));
    await quick.upTo(written.at(-1) as bigint);
  }
  const messages = await slow.upTo(written.at(-1) as bigint);
  expect(sequencesOf(messages)).toEqual(written);
  expect(messages[0]?.changes[0]?.sequence).toBeGreaterThan(position);
  expect(messages.length).toBeLessThan(61);
  expect(messages.every(({ changes, resync }) => changes.length <= 1_000 && !resync)).toBe(true);
  await Promise.all([quick.leave(), slow.leave()]);
});

test('one that is trimmed past while it is behind must begin anew, on the same stream', async () => {
  const witness = watch();
  const { position } = await witness.next();
  const rows = await append(1_500);
  const newest = rows.at(-1) as bigint;
  await witness.upTo(newest);
  pricing.afterStatement('select * from events', pricing.trim);
  const watcher = watch(position);
  expect(await watcher.next()).toMatchObject({ position, resync: false });
  expect(sequencesOf([await watcher.next()])).toEqual(rows.slice(0, 1_000));
  expect(await watcher.next()).toEqual({ position: newest, resync: true, changes: [] });
  const following = await append(1);
  expect(sequencesOf(await watcher.upTo(following[0] as bigint))).toEqual(following);
  await Promise.all([witness.leave(), watcher.leave()]);
});

test('a negative position is refused', async () => {
  await expect(watch(-1n).next()).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('resume_after'),
  });
});
