import { expect, onTestFinished, test, vi } from 'vitest';
import { type Alarm, createAlarm } from './alarm.ts';

const nextTurn = <T>(value: T) => new Promise<T>((resolve) => setImmediate(resolve, value));

/** An alarm over a list of instants: a ring settles what is due and tells who waits for it. */
function alarmOver(due: number[]) {
  const rung: number[] = [];
  const errors: unknown[] = [];
  let asked = 0;
  let failing = 0;
  let waiting: { count: number; resolve: () => void } | undefined;
  const alarm = createAlarm({
    async next() {
      asked += 1;
      return due.length === 0 ? undefined : new Date(Math.min(...due));
    },
    async ring(now) {
      if (failing > 0) {
        failing -= 1;
        throw new Error('ring');
      }
      for (const instant of due.filter((instant) => instant <= now.getTime())) {
        due.splice(due.indexOf(instant), 1);
        rung.push(instant);
      }
      if (waiting && rung.length >= waiting.count) waiting.resolve();
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => alarm.close());
  return {
    alarm,
    rung,
    errors,
    asked: () => asked,
    failNext: (times: number) => {
      failing = times;
    },
    async ringings(count: number) {
      if (rung.length >= count) return;
      await new Promise<void>((resolve) => {
        waiting = { count, resolve };
      });
    },
  };
}

test('rings for what is due in its order, not before its time, and for what was missed', async () => {
  const now = Date.now();
  const { rung, ringings } = alarmOver([now + 60, now - 1_000, now + 30]);
  await ringings(3);
  expect(Date.now()).toBeGreaterThanOrEqual(now + 60);
  expect(rung).toEqual([now - 1_000, now + 30, now + 60]);
});

test('asks for nothing while nothing is due', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const due = [Date.now() + 40 * 86_400_000];
  const { rung, asked, ringings } = alarmOver(due);
  await vi.advanceTimersByTimeAsync(39 * 86_400_000);
  expect({ rung, asked: asked() }).toEqual({ rung: [], asked: 1 });
  await vi.advanceTimersByTimeAsync(86_400_000);
  await ringings(1);
  expect(asked()).toBe(2);
});

test('notices within a minute that the clock was put forward', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { rung } = alarmOver([Date.now() + 3_600_000]);
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(Date.now() + 7_200_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rung).toHaveLength(1);
});

test('rings earlier when told of something earlier', async () => {
  const due = [Date.now() + 3_600_000];
  const { alarm, rung, ringings } = alarmOver(due);
  const earlier = Date.now() + 20;
  due.push(earlier);
  alarm.reschedule();
  await ringings(1);
  expect(rung).toEqual([earlier]);
});

test('a ring that fails is told and tried again', async () => {
  const start = Date.now();
  const { errors, rung, ringings, failNext } = alarmOver([start]);
  failNext(2);
  await ringings(1);
  expect(errors).toEqual([new Error('ring'), new Error('ring')]);
  expect(rung).toEqual([start]);
  // 100 ms after the first failure and 200 ms after the second.
  expect(Date.now() - start).toBeGreaterThanOrEqual(290);
});

test('a question that fails is asked again', async () => {
  let asked = 0;
  const rung = Promise.withResolvers<void>();
  const errors: unknown[] = [];
  const alarm = createAlarm({
    async next() {
      asked += 1;
      if (asked === 1) throw new Error('next');
      return asked === 2 ? new Date() : undefined;
    },
    ring: async () => rung.resolve(),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => alarm.close());
  await rung.promise;
  expect(errors).toEqual([new Error('next')]);
});

test('a ring that settles nothing is not repeated without a pause', async () => {
  let rings = 0;
  const third = Promise.withResolvers<void>();
  const start = Date.now();
  const alarm = createAlarm({
    next: async () => new Date(start),
    async ring() {
      rings += 1;
      if (rings === 3) third.resolve();
    },
    onError: () => {},
  });
  onTestFinished(() => alarm.close());
  await third.promise;
  expect(Date.now() - start).toBeGreaterThanOrEqual(190);
});

test('closing waits for a ring and rings no more', async () => {
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let settled = 0;
  const alarm: Alarm = createAlarm({
    next: async () => new Date(),
    async ring() {
      started.resolve();
      await goOn.promise;
      settled += 1;
    },
    onError: () => {},
  });
  await started.promise;
  const closing = alarm.close().then(() => 'closed');
  expect(await Promise.race([closing, nextTurn('ringing')])).toBe('ringing');
  goOn.resolve();
  await closing;
  alarm.reschedule();
  await nextTurn('over');
  expect(settled).toBe(1);
});
