import { Code, type RpcError } from '@hotpath/rpc';
import { expect, onTestFinished, test } from 'vitest';
import { type PriceWatch, watchPrice } from './price-watch.ts';
import { createFeed, priceUpdate, startPricing } from './testing/index.ts';

/** A watch of product 5 over a real server, and what its followers have seen. */
async function startWatch() {
  const feed = createFeed();
  const prices = await startPricing({ watchPrice: feed.watchPrice });
  let failed = 0;
  const watch = watchPrice(
    (resumeAfter, signal) => prices.watchPrice({ productId: 5n, resumeAfter }, { signal }),
    () => failed++,
  );
  onTestFinished(() => watch.stop());
  return { feed, watch, failures: () => failed };
}

const change = (sequence: number, productId = 5n) => priceUpdate(productId, BigInt(sequence));

/** Follows a watch. @returns what was seen, as "reason@sequence", and how to wait for more */
function follow(watch: PriceWatch, after?: number) {
  const seen: string[] = [];
  const errors: RpcError[] = [];
  let wake = () => {};
  const leave = watch.follow(
    {
      onEvent({ sequence, data }) {
        const event = JSON.parse(data);
        expect(event.sequence).toBe(String(sequence));
        seen.push(`${event.reason}@${sequence}`);
        wake();
      },
      onEnd(error) {
        errors.push(error);
        wake();
      },
    },
    after === undefined ? undefined : BigInt(after),
  );
  const until = async (done: () => boolean) => {
    while (!done()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    seen,
    errors,
    leave,
    /** Waits for an event and gives all seen by then. */
    async upTo(last: string) {
      await until(() => seen.includes(last));
      return seen;
    },
    failed: () => until(() => errors.length > 0),
  };
}

test('the first follower gets the present price, a later one the latest, and both each change once', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(10));
  await watch.ready;
  const first = follow(watch);
  feed.push(change(11));
  await first.upTo('price_changed@11');
  const second = follow(watch);
  feed.push(change(12), change(13, 6n), change(14));
  await second.upTo('price_changed@14');
  expect(second.seen).toEqual(['snapshot@11', 'price_changed@12', 'price_changed@14']);
  expect(first.seen).toEqual(['snapshot@10', 'price_changed@11', 'price_changed@12', 'price_changed@14']);
  expect(feed.asked).toEqual([0n]);
});

test('a follower that comes back gets what it missed and no snapshot, from the changes kept', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(10));
  await watch.ready;
  const first = follow(watch);
  feed.push(change(11), change(12), change(13));
  await first.upTo('price_changed@13');
  expect(follow(watch, 11).seen).toEqual(['price_changed@12', 'price_changed@13']);
  expect(follow(watch, 13).seen).toEqual([]);
  expect(follow(watch, 10).seen).toEqual(['price_changed@11', 'price_changed@12', 'price_changed@13']);
  expect(feed.asked).toEqual([0n]);
});

test('one that comes back with a position of a feed that was begun anew gets the present price and what follows', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(10));
  await watch.ready;
  const follower = follow(watch, 500);
  feed.push(change(11));
  expect(await follower.upTo('price_changed@11')).toEqual(['resync@10', 'price_changed@11']);
});

test('one that comes back from before the changes kept gets them all; the others see nothing twice', async () => {
  const { feed, watch } = await startWatch();
  for (let sequence = 1; sequence <= 20; sequence++) feed.push(change(sequence));
  await watch.ready;
  const others = follow(watch);
  const late = [follow(watch, 17), follow(watch, 15)];
  feed.push(change(21));
  await Promise.all(late.map((follower) => follower.upTo('price_changed@21')));
  await others.upTo('price_changed@21');
  const from = (first: number) => Array.from({ length: 22 - first }, (_, i) => `price_changed@${first + i}`);
  expect(late.map(({ seen }) => seen)).toEqual([from(18), from(16)]);
  expect(others.seen).toEqual(['snapshot@20', 'price_changed@21']);
  expect(feed.asked).toEqual([0n, 15n]);
  expect(feed.open(5n)).toBe(1);
});

test('a broken stream is opened again after the last change seen', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(10));
  await watch.ready;
  const follower = follow(watch);
  feed.push(change(11));
  await follower.upTo('price_changed@11');
  feed.breakAll();
  feed.push(change(12));
  await follower.upTo('price_changed@12');
  expect(follower.seen).toEqual(['snapshot@10', 'price_changed@11', 'price_changed@12']);
  expect(feed.asked).toEqual([0n, 11n]);
});

test('where pricing no longer keeps the changes missed, all get the present state', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(10));
  await watch.ready;
  const follower = follow(watch);
  feed.breakAll();
  feed.push(change(11), change(12));
  feed.forgetUntil(12n);
  await follower.upTo('resync@12');
  expect(follower.seen).toEqual(['snapshot@10', 'resync@12']);
  expect(follow(watch).seen).toEqual(['snapshot@12']);
});

test('one that comes back from before the trim gets the present state, and the others each change', async () => {
  const feed = createFeed();
  const prices = await startPricing({
    watchPrice(request, call) {
      // The price changes while the stream is opened again for the one that came back.
      if (request.resumeAfter === 5n) feed.push(change(21), change(22));
      return feed.watchPrice(request, call);
    },
  });
  const watch = watchPrice(
    (resumeAfter, signal) => prices.watchPrice({ productId: 5n, resumeAfter }, { signal }),
    () => {},
  );
  onTestFinished(() => watch.stop());
  feed.push(change(20));
  await watch.ready;
  const other = follow(watch);
  feed.forgetUntil(15n);
  const late = follow(watch, 5);
  await late.upTo('resync@22');
  await other.upTo('price_changed@22');
  feed.push(change(23));
  await Promise.all([late, other].map((follower) => follower.upTo('price_changed@23')));
  expect(late.seen).toEqual(['resync@22', 'price_changed@23']);
  expect(other.seen).toEqual(['snapshot@20', ...[21, 22, 23].map((at) => `price_changed@${at}`)]);
  // What is gone is not asked for again.
  expect(follow(watch, 4).seen).toEqual(['resync@23']);
  expect(feed.asked).toEqual([5n, 20n]);
});

test('more changes than are kept: one that comes back is sent them all from pricing', async () => {
  const { feed, watch } = await startWatch();
  feed.push(change(1));
  await watch.ready;
  const first = follow(watch);
  for (let sequence = 2; sequence <= 400; sequence++) feed.push(change(sequence));
  await first.upTo('price_changed@400');
  const late = follow(watch, 1);
  await late.upTo('price_changed@400');
  expect(late.seen).toHaveLength(399);
  expect(late.seen[0]).toBe('price_changed@2');
  expect(first.seen).toHaveLength(400);
});

test('a price that there is not is said at once and not asked for again', async () => {
  const prices = await startPricing({ watchPrice: createFeed().watchPrice });
  let failed = 0;
  const watch = watchPrice(
    (resumeAfter, signal) => prices.watchPrice({ productId: 1000n, resumeAfter }, { signal }),
    () => failed++,
  );
  await expect(watch.ready).rejects.toMatchObject({ code: Code.NOT_FOUND });
  expect(failed).toBe(1);
});

test('a price that is taken away ends its followers', async () => {
  let gone = false;
  const feed = createFeed();
  const prices = await startPricing({
    watchPrice: (request, call) => feed.watchPrice(gone ? { ...request, productId: 1000n } : request, call),
  });
  const watch = watchPrice(
    (resumeAfter, signal) => prices.watchPrice({ productId: 5n, resumeAfter }, { signal }),
    () => {},
  );
  onTestFinished(() => watch.stop());
  await watch.ready;
  const follower = follow(watch);
  gone = true;
  feed.breakAll();
  await follower.failed();
  expect(follower.errors).toMatchObject([{ code: Code.NOT_FOUND }]);
});

test('stopped, it leaves its stream', async () => {
  const { feed, watch } = await startWatch();
  await watch.ready;
  expect(feed.open(5n)).toBe(1);
  watch.stop();
  await feed.untilOpen(5n, 0);
});
