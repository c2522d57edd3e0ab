import { type MethodDefinition, UserService } from '@hotpath/contracts';
import { queuedCalls } from '@hotpath/telemetry';
import { expect, test } from 'vitest';
import { Call } from './call.ts';
import { limitCalls } from './client-queue.ts';
import { Code } from './code.ts';
import { cancelled } from './errors.ts';

const rpc = {
  side: 'client',
  service: UserService,
  method: UserService.methods.getUser as MethodDefinition,
} as const;
const queued = async (peer: string) =>
  (await queuedCalls.get()).values.find(({ labels }) => labels.peer === peer)?.value ?? 0;
const start = (budgetMs = 10_000) => new Call({ path: '/t/t', budgetMs });

test('calls above the limit wait in order, counted, and each begins when one has ended', async () => {
  const begun: Call[] = [];
  const step = limitCalls(2, 'order')(async (call) => void begun.push(call), rpc);
  const calls = [start(), start(), start(), start()];
  const done = calls.map((call) => step(call, undefined));
  expect(begun).toEqual(calls.slice(0, 2));
  expect(await queued('order')).toBe(2);
  calls[1]?.complete(Code.OK);
  await done[2];
  expect(begun).toEqual(calls.slice(0, 3));
  calls[0]?.complete(Code.OK);
  await done[3];
  expect(begun).toEqual(calls);
  expect(await queued('order')).toBe(0);
});

test('a waiting call leaves at its deadline or with its caller, and takes nobody’s turn', async () => {
  const begun: Call[] = [];
  const step = limitCalls(1, 'leave')(async (call) => void begun.push(call), rpc);
  const [first, late, left, last] = [start(), start(20), start(), start()] as [Call, Call, Call, Call];
  await step(first, undefined);
  const waiting = [late, left, last].map((call) => step(call, undefined));
  left.end(cancelled('gone'));
  await expect(waiting[1]).rejects.toMatchObject({ code: Code.CANCELLED });
  await expect(waiting[0]).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  expect(await queued('leave')).toBe(1);
  first.complete(Code.OK);
  await waiting[2];
  expect(begun).toEqual([first, last]);
});
