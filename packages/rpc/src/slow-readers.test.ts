import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Call } from './call.ts';
import { Code } from './code.ts';
import { mindReader } from './slow-readers.ts';
import { sendAll } from './streams.ts';

/** A stream that takes a message when told, and source that tells when it was stopped. */
function stream() {
  const takes: (() => void)[] = [];
  const writable = new Writable({
    objectMode: true,
    highWaterMark: 16,
    write: (_message, _encoding, done) => takes.push(done),
  });
  let stopped = false;
  async function* source() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      stopped = true;
    }
  }
  const call = new Call({ path: '/a.Service/Watch', budgetMs: Number.POSITIVE_INFINITY });
  const sent = sendAll(call, source(), writable, (one, waiting) => mindReader(one, waiting, 60));
  sent.catch(() => {});
  return { call, sent, take: () => takes.shift()?.(), wasStopped: () => stopped };
}

test('a reader that takes nothing loses its stream, and the source is stopped', async () => {
  const { call, sent, wasStopped } = stream();
  await expect(sent).rejects.toMatchObject({ code: Code.RESOURCE_EXHAUSTED });
  expect(call.over).toBe(true);
  expect(wasStopped()).toBe(true);
});

test('a slow reader that takes one now and then keeps it, though messages always wait', async () => {
  const { call, take } = stream();
  for (let i = 0; i < 30; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    take();
  }
  expect(call.over).toBe(false);
  call.complete(Code.OK);
});
