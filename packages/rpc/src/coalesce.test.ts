import { expect, test } from 'vitest';
import { type Call, currentCall, withBudget } from './call.ts';
import { type BatchCall, coalesce } from './coalesce.ts';
import { Code } from './code.ts';
import { notFound } from './errors.ts';

type Load = { keys: readonly number[]; call: BatchCall; answer: (outcomes: (string | Error)[]) => void };

/** A look-up whose batches a test answers itself, as they come. */
function lookup(maxSize = 500) {
  const loads: Load[] = [];
  let arrived = Promise.withResolvers<void>();
  const get = coalesce<number, string>({
    maxSize,
    load: (keys, call) =>
      new Promise((resolve) => {
        loads.push({ keys, call, answer: resolve });
        arrived.resolve();
        arrived = Promise.withResolvers();
      }),
  });
  return { get, loads, next: () => arrived.promise.then(() => loads.at(-1) as Load) };
}

/** A call that ends when told. */
function leaving(work: () => Promise<unknown>, budgetMs = 10_000) {
  const left = new AbortController();
  let call: Call | undefined;
  const done = withBudget({ path: 'GET /', budgetMs, signal: left.signal }, (own) => {
    call = own;
    return work();
  });
  return { call: call as Call, done, leave: () => left.abort() };
}

const turn = () => new Promise(setImmediate);

test('look-ups of one turn are one batch, also those made in microtasks; the next turn makes another', async () => {
  const { get, loads, next } = lookup();
  const first = get(1);
  const second = Promise.resolve().then(() => get(2));
  const { keys, answer } = await next();
  expect(keys).toEqual([1, 2]);
  const third = get(3);
  answer(['one', 'two']);
  expect(await Promise.all([first, second])).toEqual(['one', 'two']);
  (await next()).answer(['three']);
  expect(await third).toBe('three');
  expect(loads).toHaveLength(2);
});

test('a full batch goes at once', async () => {
  const { get, loads } = lookup(2);
  void get(1);
  void get(2);
  void get(3);
  expect(loads.map(({ keys }) => keys)).toEqual([[1, 2]]);
  await turn();
  expect(loads.map(({ keys }) => keys)).toEqual([[1, 2], [3]]);
});

test('equal keys share a place, and each gets an error of its own only', async () => {
  const { get, next } = lookup();
  const all = Promise.allSettled([get(1), get(2), get(1)]);
  const { keys, answer } = await next();
  expect(keys).toEqual([1, 2]);
  answer([notFound('1 is gone'), 'two']);
  expect(await all).toMatchObject([
    { status: 'rejected', reason: { code: Code.NOT_FOUND } },
    { status: 'fulfilled', value: 'two' },
    { status: 'rejected', reason: { code: Code.NOT_FOUND } },
  ]);
});

test('what the load throws fails all; too few results fail those without', async () => {
  const failing = coalesce<number, string>({
    maxSize: 9,
    load: () => {
      throw notFound('nothing here');
    },
  });
  await expect(Promise.all([failing(1), failing(2)])).rejects.toMatchObject({ code: Code.NOT_FOUND });
  const { get, next } = lookup();
  const all = Promise.allSettled([get(1), get(2)]);
  (await next()).answer(['one']);
  expect(await all).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected' }]);
});

test('one who leaves harms nobody; when all have left, the batch is cancelled', async () => {
  const { get, next } = lookup();
  const one = leaving(() => get(1));
  const other = leaving(() => get(1));
  const { call } = await next();
  expect(call.serves).toEqual([one.call, other.call]);
  one.leave();
  await expect(one.done).rejects.toMatchObject({ code: Code.CANCELLED });
  expect(call.over).toBe(false);
  other.leave();
  await expect(other.done).rejects.toMatchObject({ code: Code.CANCELLED });
  expect(call.cause).toMatchObject({ code: Code.CANCELLED });
});

test('who leaves before the batch is sent is not looked up', async () => {
  const { get, loads } = lookup();
  const gone = leaving(() => get(1));
  gone.leave();
  await expect(gone.done).rejects.toMatchObject({ code: Code.CANCELLED });
  await turn();
  expect(loads).toEqual([]);
});

test('each waits as long as its own deadline, the batch as long as the latest', async () => {
  const { get, next } = lookup();
  const short = leaving(() => get(1), 30);
  const long = leaving(() => get(2), 5_000);
  const { call, answer } = await next();
  expect(call.deadline).toBeCloseTo(long.call.deadline, 0);
  await expect(short.done).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  expect(call.over).toBe(false);
  answer(['one', 'two']);
  expect(await long.done).toBe('two');
});

test('the load runs as part of the batch, what awaits it as part of its own call', async () => {
  const { get, next } = lookup();
  let inLoad: Call | undefined;
  const seeing = coalesce<number, string>({
    maxSize: 9,
    load: async (keys) => {
      inLoad = currentCall();
      return keys.map(String);
    },
  });
  let after: Call | undefined;
  const one = leaving(async () => {
    await seeing(1);
    after = currentCall();
  });
  await one.done;
  expect(inLoad).toMatchObject({ serves: [one.call] });
  expect(after).toBe(one.call);

  const late = leaving(() => get(1));
  (await next()).answer(['one']);
  await late.done;
  await expect(withBudget({ path: 'GET /', budgetMs: 0 }, () => get(1))).rejects.toMatchObject({
    code: Code.DEADLINE_EXCEEDED,
  });
});
