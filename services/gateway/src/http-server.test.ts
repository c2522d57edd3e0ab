import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createHttpServer, drain, listen } from './http-server.ts';

test('a drain waits for no connection that has sent nothing yet, and for one whose request is under way', async () => {
  const answering = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const server = createHttpServer(async (_request, response) => {
    answering.resolve();
    await answer.promise;
    response.end('done');
  }, 10);
  const port = await listen(server, 0, '127.0.0.1');
  const silent = connect(port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(server, 'connection')]);
  const closed = once(silent.resume(), 'close');
  const request = fetch(`http://127.0.0.1:${port}/`);
  await answering.promise;

  const drained = drain(server, 60_000);
  await closed;
  answer.resolve();
  expect(await (await request).text()).toBe('done');
  await drained;
});
