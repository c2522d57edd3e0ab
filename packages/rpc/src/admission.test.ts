import { type MethodDefinition, PricingService } from '@hotpath/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { admission } from './admission.ts';
import { Call } from './call.ts';
import { Code } from './code.ts';
import { cancelled } from './errors.ts';
import type { Step } from './policy.ts';

const { getPrice, watchPrice } = PricingService.methods;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A server that does `limit` calls at once, whose calls a test ends itself. */
function server(limit: number) {
  const policy = admission({ min: limit, initial: limit, max: limit });
  const started: Call[] = [];
  const handler: Step = (call) =>
    new Promise((_, reject) => {
      started.push(call);
      call.onEnd(reject);
    });
  const step = (method: MethodDefinition, next: Step) =>
    policy(next, { side: 'server', service: PricingService, method });
  const unary = step(getPrice, handler);
  const stream = step(watchPrice, async (call) => {
    started.push(call);
    return [];
  });
  /** A call, and what becomes of it. */
  const call = (budgetMs = 10_000, step = unary) => {
    const call = new Call({ path: getPrice.path, budgetMs });
    const outcome = step(call, {});
    outcome.catch(() => {});
    return { call, outcome };
  };
  return {
    started,
    call,
    openStream: () => call(Number.POSITIVE_INFINITY, stream),
    /** Teaches it that a call takes so long. */
    takes(ms: number) {
      const { call: one } = call();
      vi.advanceTimersByTime(ms);
      one.complete(Code.OK);
      started.length = 0;
    },
  };
}

/** What follows the end of a call runs in microtasks. */
const settled = () => new Promise(setImmediate);

test('calls beyond the limit wait, the one with the least time left comes first', async () => {
  const { call, started } = server(1);
  const first = call();
  const waiting = [call(9_000), call(3_000), call(6_000)];
  expect(started).toEqual([first.call]);
  const order = [waiting[1], waiting[2], waiting[0]].map((one) => one?.call);
  for (const [index, one] of [first.call, ...order].entries()) {
    one?.complete(Code.OK);
    await settled();
    expect(started.slice(1)).toEqual(order.slice(0, index + 1));
  }
});

test('what cannot be done in time is refused at once, and says when to come again', async () => {
  const { call, takes, started } = server(1);
  takes(40);
  const first = call();
  // 40 ms behind the first, then 40 ms of its own: more than half of what it has.
  await expect(call(150).outcome).rejects.toMatchObject({
    code: Code.RESOURCE_EXHAUSTED,
    details: { retryInfo: { retryDelayMs: 40 } },
  });
  const inTime = call(170);
  first.call.complete(Code.OK);
  await settled();
  expect(started).toEqual([first.call, inTime.call]);
});

test('a call that would make one in the line late is refused', async () => {
  const { call, takes, started } = server(1);
  takes(40);
  const first = call();
  const promised = call(300); // planned to be done after 80 ms
  const hurried = call(250); // would come before it, which then takes 120 ms: still in time
  const tooMany = call(240); // and now it would take 160 ms: more than half of its time
  await expect(tooMany.outcome).rejects.toMatchObject({ code: Code.RESOURCE_EXHAUSTED });
  first.call.complete(Code.OK);
  await settled();
  expect(started).toEqual([first.call, hurried.call]);
  hurried.call.complete(Code.OK);
  await settled();
  expect(started).toEqual([first.call, hurried.call, promised.call]);
});

test('who leaves the line is not started', async () => {
  const { call, started } = server(1);
  const first = call();
  const leaving = call();
  const staying = call();
  leaving.call.end(cancelled('the caller left'));
  await expect(leaving.outcome).rejects.toMatchObject({ code: Code.CANCELLED });
  first.call.complete(Code.OK);
  await settled();
  expect(started).toEqual([first.call, staying.call]);
});

test('one that ends between its turn and its start is not started, and its place is given on', async () => {
  const { call, started } = server(1);
  const first = call();
  const unlucky = call(5_000);
  const next = call(9_000);
  first.call.complete(Code.OK);
  unlucky.call.end(cancelled('the caller left'));
  await expect(unlucky.outcome).rejects.toMatchObject({ code: Code.CANCELLED });
  await settled();
  expect(started).toEqual([first.call, next.call]);
});

test('a call that waits for another service takes no place, and its time there is not counted', async () => {
  const { call, started, takes } = server(1);
  takes(40);
  const parent = call();
  const child = new Call({ path: '/a.Service/Slow', budgetMs: 10_000, parent: parent.call });
  const other = call(1_000);
  expect(started).toEqual([parent.call, other.call]);
  vi.advanceTimersByTime(5_000);
  child.complete(Code.OK);
  other.call.end(cancelled('the caller left'));
  parent.call.complete(Code.OK);
  // Were that time counted, the next place would seem to be free in seconds.
  call();
  await expect(call(100).outcome).rejects.toMatchObject({ details: { retryInfo: { retryDelayMs: 20 } } });
});

test('streams wait for their start, but then take no place', async () => {
  const { call, openStream, started } = server(1);
  const streams = [openStream(), openStream()];
  const first = call();
  const waiting = openStream();
  expect(started).toEqual([...streams.map((one) => one.call), first.call]);
  first.call.complete(Code.OK);
  await waiting.outcome;
  expect(started).toContain(waiting.call);
});
