import { once } from 'node:events';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { UserService } from '@hotpath/contracts';
import { protoPath } from 'grpc-health-check';
import { afterEach, expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { implementPart } from './implement.ts';
import { createServer, type Server } from './server.ts';

type Status = { status: string };
type HealthClient = grpc.Client & {
  check(request: { service: string }, done: (error: grpc.ServiceError | null, answer: Status) => void): void;
  list(request: object, done: (error: grpc.ServiceError | null, answer: { statuses: object }) => void): void;
  watch(request: { service: string }): grpc.ClientReadableStream<Status>;
};

const options = { keepCase: true, enums: String, defaults: true };
const { Health } = (
  grpc.loadPackageDefinition(loadSync(protoPath, options)) as unknown as {
    grpc: { health: { v1: { Health: grpc.ServiceClientConstructor } } };
  }
).grpc.health.v1;

let server: Server;
let client: HealthClient;
afterEach(() => client?.close());

async function start() {
  server = createServer({ services: [UserService], onInternal: () => {} });
  const port = await server.listen('127.0.0.1:0');
  client = new Health(`127.0.0.1:${port}`, grpc.credentials.createInsecure()) as unknown as HealthClient;
}

const check = (service: string) =>
  new Promise<string>((resolve) =>
    client.check({ service }, (error, answer) => resolve(error ? grpc.status[error.code] : answer.status)),
  );

test('Check, Watch and List tell the state of the process and of each service', async () => {
  await start();
  const watch = client.watch({ service: UserService.name });
  const next = async () => ((await once(watch, 'data')) as [Status])[0].status;
  const ended = once(watch, 'error') as Promise<[grpc.ServiceError]>;

  expect(await next()).toBe('NOT_SERVING');
  expect([await check(''), await check(UserService.name)]).toEqual(['NOT_SERVING', 'NOT_SERVING']);
  expect(await check('nobody.Knows')).toBe('NOT_FOUND');

  const serving = next();
  server.open([]);
  expect(await serving).toBe('SERVING');
  expect([await check(''), await check(UserService.name)]).toEqual(['SERVING', 'SERVING']);
  const { statuses } = await new Promise<{ statuses: object }>((resolve) =>
    client.list({}, (_error, answer) => resolve(answer)),
  );
  expect(statuses).toEqual({ '': { status: 'SERVING' }, [UserService.name]: { status: 'SERVING' } });

  const draining = next();
  const drained = server.drain(5_000);
  expect(await draining).toBe('NOT_SERVING');
  expect((await ended)[0].code).toBe(grpc.status.UNAVAILABLE);
  await drained;
});

test('while there is a problem new calls are refused at once, and told it', async () => {
  let problem: string | undefined = 'the database does not answer';
  const server = createServer({ services: [UserService], onInternal: () => {}, problem: () => problem });
  const channel = openChannel(`127.0.0.1:${await server.listen('127.0.0.1:0')}`);
  server.open([implementPart(UserService, { getSegment: () => ({ segment: 'vip' }) })]);
  const asked = () => createClient(UserService, channel).getSegment({ userId: 1n });
  await expect(asked()).rejects.toMatchObject({ code: Code.UNAVAILABLE, message: problem });
  problem = undefined;
  expect(await asked()).toEqual({ segment: 'vip' });
  channel.close();
  await server.drain(1_000);
});
