import { Code, invalidArgument, RpcError, unavailable } from '@hotpath/rpc';
import { expect, test, vi } from 'vitest';
import { reopen } from './reopen.ts';

/** Streams that give some items and then end, cleanly or by an error. */
function streams(...script: (readonly [items: number[], end?: Error])[]) {
  let opened = 0;
  return {
    opened: () => opened,
    open: async function* () {
      const [items, end] = script[opened++] ?? [[]];
      yield* items;
      if (end) throw end;
    },
  };
}

const never = new AbortController().signal;

test('goes on with a new stream after each break and each end', async () => {
  const { open } = streams(
    [[1, 2], unavailable('restarting')],
    [[], new RpcError(Code.INTERNAL, 'still restarting')],
    [[3]],
    [[4], new RpcError(Code.CANCELLED, 'cut')],
    [[5], new RpcError(Code.RESOURCE_EXHAUSTED, 'too slow')],
    [[6]],
  );
  const items: number[] = [];
  for await (const item of reopen(open, never)) if (items.push(item) === 6) break;
  expect(items).toEqual([1, 2, 3, 4, 5, 6]);
});

test('what ends the first stream before its first item is thrown', async () => {
  const { open, opened } = streams([[], unavailable('away')]);
  await expect(reopen(open, never).next()).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  expect(opened()).toBe(1);
});

test('what a new try would not mend is thrown', async () => {
  for (const error of [invalidArgument('currency', 'unknown'), new TypeError('a bug')]) {
    const { open, opened } = streams([[1], error]);
    const items = reopen(open, never);
    await items.next();
    await expect(items.next()).rejects.toBe(error);
    expect(opened()).toBe(1);
  }
});

test('the signal ends it, also in the pause before a new stream', async () => {
  const leave = new AbortController();
  const { open, opened } = streams([[1], unavailable('restarting')]);
  vi.spyOn(Math, 'random').mockReturnValueOnce(1);
  const items = reopen(open, leave.signal);
  await items.next();
  const next = items.next();
  // The stream has broken by the next turn of the event loop, and the pause has begun.
  await new Promise(setImmediate);
  leave.abort();
  await expect(next).rejects.toThrow();
  expect(opened()).toBe(1);
});
