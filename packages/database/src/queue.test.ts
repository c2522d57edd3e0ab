import { expect, test } from 'vitest';
import { DatabaseBusy } from './errors.ts';
import { createQueue } from './queue.ts';

const blocker = () => Promise.withResolvers<void>();
const nextTurn = <T>(value?: T) => new Promise<T | undefined>((resolve) => setImmediate(resolve, value));

test('work takes turns in the order it came, also after a failure', async () => {
  const { run } = createQueue(1);
  const done: number[] = [];
  const first = blocker();
  const results = [
    run(async () => {
      await first.promise;
      done.push(1);
    }),
    run(async () => {
      done.push(2);
      throw new Error('second');
    }),
    run(async () => done.push(3)),
  ];
  first.resolve();
  await Promise.allSettled(results);
  expect(done).toEqual([1, 2, 3]);
  await expect(results[1]).rejects.toThrow('second');
});

test('who leaves while waiting is told at once and the work is never run', async () => {
  const { run } = createQueue(1);
  const first = blocker();
  const caller = new AbortController();
  let ran = false;
  const running = run(() => first.promise);
  const waiting = run(async () => {
    ran = true;
  }, caller.signal);
  caller.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
  first.resolve();
  await running;
  await run(async () => {});
  expect(ran).toBe(false);
});

test('who leaves while the work runs gets its result', async () => {
  const { run } = createQueue(1);
  const caller = new AbortController();
  const started = blocker();
  const goOn = blocker();
  const running = run(async () => {
    started.resolve();
    await goOn.promise;
    return 'done';
  }, caller.signal);
  await started.promise;
  caller.abort();
  goOn.resolve();
  expect(await running).toBe('done');
});

test('work that throws before it waits does not stop the queue', async () => {
  const { run } = createQueue(1);
  await expect(
    run(() => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
  expect(await run(async () => 'next')).toBe('next');
});

test('as many run at a time as there are places', async () => {
  const queue = createQueue(2);
  const blockers = [blocker(), blocker(), blocker()];
  const started: number[] = [];
  const results = blockers.map(({ promise }, index) =>
    queue.run(() => {
      started.push(index);
      return promise;
    }),
  );
  await nextTurn();
  expect(started).toEqual([0, 1]);
  expect(queue).toMatchObject({ running: 2, waiting: 1 });
  blockers[1]?.resolve();
  await results[1];
  await nextTurn();
  expect(started).toEqual([0, 1, 2]);
  expect(queue).toMatchObject({ running: 2, waiting: 0 });
  const idle = queue.idle().then(() => 'idle');
  expect(await Promise.race([idle, nextTurn('busy')])).toBe('busy');
  for (const { resolve } of blockers) resolve();
  expect(await idle).toBe('idle');
  expect(queue).toMatchObject({ running: 0, waiting: 0 });
});

test('who would wait behind a thousand others is refused, until one of them leaves', async () => {
  const { run } = createQueue(1);
  const first = blocker();
  const caller = new AbortController();
  const waiting = [run(() => first.promise), run(async () => {}, caller.signal)];
  for (let count = 1; count < 1_000; count += 1) waiting.push(run(async () => {}));
  await expect(run(async () => {})).rejects.toThrow(DatabaseBusy);
  caller.abort();
  waiting.push(run(async () => {}));
  first.resolve();
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});
