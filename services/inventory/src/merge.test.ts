import { expect, test } from 'vitest';
import { merge } from './merge.ts';

/** A source that a test feeds by hand. */
function source<T>() {
  const asked: PromiseWithResolvers<IteratorResult<T>>[] = [];
  let given = 0;
  const at = (index: number) => {
    while (asked.length <= index) asked.push(Promise.withResolvers());
    return asked[index] as PromiseWithResolvers<IteratorResult<T>>;
  };
  let read = 0;
  let hasLeft = false;
  return {
    give: (value: T) => at(given++).resolve({ done: false, value }),
    end: () => at(given++).resolve({ done: true, value: undefined }),
    fail: (error: Error) => at(given++).reject(error),
    asked: () => read,
    hasLeft: () => hasLeft,
    [Symbol.asyncIterator]: (): AsyncIterator<T> => ({
      next: () => at(read++).promise,
      return: async () => {
        hasLeft = true;
        return { done: true, value: undefined };
      },
    }),
  };
}

const turn = () => new Promise(setImmediate);

test('gives the items of all sources as they come, and ends with the last', async () => {
  const [letters, numbers] = [source<string>(), source<number>()];
  const merged = merge<string | number>(letters, numbers);
  numbers.give(1);
  expect(await merged.next()).toEqual({ done: false, value: 1 });
  letters.give('a');
  expect(await merged.next()).toEqual({ done: false, value: 'a' });
  letters.end();
  numbers.give(2);
  expect(await merged.next()).toEqual({ done: false, value: 2 });
  numbers.end();
  expect(await merged.next()).toEqual({ done: true, value: undefined });
});

test('asks a source for its next item only when the one before was taken', async () => {
  const [busy, silent] = [source<number>(), source<number>()];
  for (const item of [1, 2, 3]) busy.give(item);
  const merged = merge(busy, silent);
  await merged.next();
  await turn();
  expect(busy.asked()).toBe(1);
  await merged.next();
  await turn();
  expect(busy.asked()).toBe(2);
});

test('an error of one ends all, after what came before it', async () => {
  const [first, second] = [source<string>(), source<string>()];
  const merged = merge(first, second);
  first.give('a');
  second.fail(new Error('broken'));
  expect(await merged.next()).toEqual({ done: false, value: 'a' });
  await expect(merged.next()).rejects.toThrow('broken');
  expect([first.hasLeft(), second.hasLeft()]).toEqual([true, true]);
});

test("the reader's leaving ends all", async () => {
  const [first, second] = [source<string>(), source<string>()];
  first.give('a');
  for await (const _ of merge(first, second)) break;
  expect([first.hasLeft(), second.hasLeft()]).toEqual([true, true]);
});
