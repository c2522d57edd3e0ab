import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
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

/** A client that asks on one connection, again as soon as it is answered, until it is told to close that. */
async function askOn(port: number, agent: Agent, answered: () => void): Promise<number> {
  for (let answers = 1; ; answers++) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, agent, host: '127.0.0.1' }, resolve).on('error', reject);
    });
    await once(response.resume(), 'end');
    answered();
    if (response.headers.connection === 'close') return answers;
  }
}

test('a drain loses no request on a connection in use: each client is told to close it by an answer', async () => {
  const server = createHttpServer((_request, response) => void response.end('done'), 100);
  const port = await listen(server, 0, '127.0.0.1');
  const agents = Array.from({ length: 20 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const begun = agents.map(() => Promise.withResolvers<void>());
  const clients = agents.map((agent, n) => askOn(port, agent, () => begun[n]?.resolve()));
  await Promise.all(begun.map(({ promise }) => promise));
  await drain(server, 60_000);
  for (const answers of await Promise.all(clients)) expect(answers).toBeGreaterThan(1);
  for (const agent of agents) agent.destroy();
});

test('a connection that was just used stays open for a second of a drain: its client may ask again', async () => {
  const server = createHttpServer((_request, response) => void response.end('done'), 10);
  const port = await listen(server, 0, '127.0.0.1');
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve) => {
    get({ port, agent, host: '127.0.0.1' }, (response) => response.resume().once('end', resolve));
  });
  const from = performance.now();
  await drain(server, 60_000);
  expect(performance.now() - from).toBeGreaterThanOrEqual(995);
  agent.destroy();
});

test('who asks on the connection of a stream that a drain has ended is answered, and told to close it', async () => {
  const streams: { end(): void }[] = [];
  const server = createHttpServer(({ url }, response) => {
    if (url !== '/stream') return void response.end('done');
    streams.push(response);
    response.write('data: 1\n\n');
  }, 10);
  const port = await listen(server, 0, '127.0.0.1');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, path, agent, host: '127.0.0.1' }, resolve).on('error', reject);
    });
  const stream = await ask('/stream');
  await once(stream, 'data');
  const drained = drain(server, 60_000);
  const answer = ask('/'); // waits for the only connection
  for (const one of streams) one.end();
  stream.resume();
  expect((await answer).headers.connection).toBe('close');
  (await answer).resume();
  await drained;
});

test('a stream that ends in a drain is closed with its connection, so that its client comes back elsewhere', async () => {
  const server = createHttpServer((_request, response) => void response.write('data: 1\n\n'), 10);
  const answers: { end(): void }[] = [];
  server.on('request', (_request, response) => answers.push(response));
  const port = await listen(server, 0, '127.0.0.1');
  const agent = new Agent({ keepAlive: true });
  const response = await new Promise<IncomingMessage>((resolve) =>
    get({ port, agent, host: '127.0.0.1' }, resolve),
  );
  await once(response, 'data');
  const closed = once(response.socket, 'close');
  const drained = drain(server, 60_000);
  for (const answer of answers) answer.end();
  response.resume();
  await closed;
  await drained;
});
