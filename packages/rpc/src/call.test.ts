import { RESERVE_MS } from '@hotpath/contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { Call, currentCall, detached, runInCall, untilEnd, withBudget } from './call.ts';
import { Code } from './code.ts';
import { cancelled, type RpcError } from './errors.ts';

afterEach(() => vi.useRealTimers());

const never = () => new Promise<never>(() => {});
const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as RpcError,
  );

test('a child has what its parent has left less the reserve, or less by its own budget', () => {
  const parent = new Call({ path: 'GET /', budgetMs: 1_000 });
  const wide = new Call({ path: '/t/wide', budgetMs: 60_000, parent });
  const narrow = new Call({ path: '/t/narrow', budgetMs: 200, parent });
  const stream = new Call({ path: '/t/stream', budgetMs: Number.POSITIVE_INFINITY, parent });
  expect(parent.deadline - wide.deadline).toBeCloseTo(RESERVE_MS, 5);
  expect(parent.deadline - stream.deadline).toBeCloseTo(RESERVE_MS, 5);
  expect(narrow.deadline - narrow.startedAt).toBeCloseTo(200, 5);
});

test('a clock that is set changes no deadline', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const call = new Call({ path: 'GET /', budgetMs: 1_000 });
  vi.setSystemTime(Date.now() + 5 * 60_000);
  expect(call.remaining()).toBeGreaterThan(900);
  expect(new Call({ path: '/t/child', budgetMs: 500, parent: call }).remaining()).toBeGreaterThan(400);
});

test("the parent's end ends its children with its own cause, down to the last", () => {
  const parent = new Call({ path: 'GET /', budgetMs: 1_000 });
  const child = new Call({ path: '/t/child', budgetMs: 1_000, parent });
  const grandchild = new Call({ path: '/t/grandchild', budgetMs: 1_000, parent: child });
  const { signal } = grandchild;
  const cause = cancelled('the browser left');
  parent.end(cause);
  expect([child.cause, grandchild.cause, signal.reason]).toEqual([cause, cause, cause]);
});

test('a call made after its parent has ended, or completed, fails at once', () => {
  const ended = new Call({ path: 'GET /', budgetMs: 1_000 });
  const cause = cancelled('the browser left');
  ended.end(cause);
  expect(new Call({ path: '/t/late', budgetMs: 1_000, parent: ended }).cause).toBe(cause);
  const completed = new Call({ path: 'GET /', budgetMs: 1_000 });
  completed.complete(Code.OK);
  const late = new Call({ path: '/t/late', budgetMs: 1_000, parent: completed });
  expect(late.cause).toMatchObject({ code: Code.CANCELLED, message: expect.stringContaining('detached()') });
  expect(late.signal.aborted).toBe(true);
});

test('whoever asks how a call has ended is told once, before or after', () => {
  const call = new Call({ path: 'GET /', budgetMs: 1_000 });
  const codes: Code[] = [];
  call.onSettled((code) => codes.push(code));
  call.complete(Code.OK);
  call.end(cancelled('too late'));
  call.onSettled((code) => codes.push(code));
  expect(codes).toEqual([Code.OK, Code.OK]);
});

test('a budget that is spent rejects, aborts the signal and drops the late result', async () => {
  let signal: AbortSignal | undefined;
  const late = Promise.withResolvers<string>();
  const work = withBudget({ path: 'GET /', budgetMs: 20 }, (call) => {
    signal = call.signal;
    return late.promise;
  });
  expect(await failure(work)).toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  expect(signal?.aborted).toBe(true);
  late.resolve('nobody waits for it');
});

test('the caller leaving rejects with CANCELLED, also before it began', async () => {
  const leaving = new AbortController();
  const work = withBudget({ path: 'GET /', budgetMs: 10_000, signal: leaving.signal }, never);
  leaving.abort();
  expect(await failure(work)).toMatchObject({ code: Code.CANCELLED });
  const begun = vi.fn(never);
  const again = withBudget({ path: 'GET /', budgetMs: 10_000, signal: leaving.signal }, begun);
  expect(await failure(again)).toMatchObject({ code: Code.CANCELLED });
  expect(begun).not.toHaveBeenCalled();
});

test('detached work has a budget of its own and outlives the call it was started in', async () => {
  const parent = new Call({ path: 'GET /', budgetMs: 1_000 });
  const proceed = Promise.withResolvers<void>();
  const work = runInCall(parent, () =>
    detached({ path: 'refresh', budgetMs: 5_000 }, async (call) => {
      await proceed.promise;
      return [currentCall() === call, call.cause, call.remaining() > 2_000];
    }),
  );
  parent.end(cancelled('the browser left'));
  proceed.resolve();
  expect(await work).toEqual([true, undefined, true]);
  const short = runInCall(parent, () => detached({ path: 'refresh', budgetMs: 10 }, never));
  expect(await failure(short)).toMatchObject({ code: Code.DEADLINE_EXCEEDED });
});

test('many children of a long call leave nothing behind', async () => {
  const parent = new Call({ path: 'stream', budgetMs: Number.POSITIVE_INFINITY });
  const hooks = vi.spyOn(Set.prototype, 'add');
  for (let n = 0; n < 1_000; n++) {
    const child = new Call({ path: '/t/child', budgetMs: 1_000, parent });
    await untilEnd(child, Promise.resolve(n));
    child.complete(Code.OK);
  }
  const set = hooks.mock.contexts.find((context) => context instanceof Set) as Set<unknown>;
  hooks.mockRestore();
  expect(set.size).toBe(0);
});
