import { once } from 'node:events';
import * as http2 from 'node:http2';
import { PricingService } from '@hotpath/contracts';
import { afterEach, expect, test } from 'vitest';
import { implementPart } from './implement.ts';
import { cleanUp, filesOf, newAuthority, securityOf } from './mtls.testing.ts';
import { plaintext, type Security } from './security.ts';
import { createServer } from './server.ts';

const after = cleanUp();
afterEach(() => after.run());

const authority = await newAuthority();
const protos = new URL('../../../protos/', import.meta.url);

async function serve(security: Security) {
  const services = [PricingService];
  const server = createServer({ services, security, reflection: protos, onInternal: () => {} });
  const port = await server.listen('127.0.0.1:0');
  server.open([implementPart(PricingService, {})]);
  return { server, port };
}

/** Opens a call by hand, as a client that will not go away. */
function call(session: http2.ClientHttp2Session, path: string) {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => {});
  stream.write(Buffer.alloc(5));
  return stream;
}

test.each([
  ['plaintext', 'http', async () => plaintext('insecure')],
  ['mutual TLS', 'https', async () => securityOf(authority, 'pricing', after)],
])(
  'a drain ends with its grace, and cuts a call that its client never completes: %s',
  async (_what, scheme, security) => {
    const { server, port } = await serve(await security());
    const { certificate: cert, key } = await filesOf(authority, 'inventory');
    const session = http2.connect(`${scheme}://localhost:${port}`, { ca: authority.certificate, cert, key });
    session.on('error', () => {});
    const closed = new Promise((resolve) => session.once('close', resolve));
    await once(session, 'remoteSettings');
    const stream = call(session, '/ecommerce.PricingService/GetPrice');
    const cut = new Promise((resolve) => stream.once('close', resolve));
    await new Promise<void>((resolve) => session.ping(() => resolve())); // the server has seen the call
    const from = performance.now();
    await server.drain(100);
    expect(performance.now() - from).toBeGreaterThan(95);
    expect(performance.now() - from).toBeLessThan(1_000);
    await Promise.all([cut, closed]);
  },
);

test.each([
  ['health', '/grpc.health.v1.Health/Watch', true],
  ['reflection', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', false],
])('an open stream of %s does not hold a drain', async (_what, path, half) => {
  const { server, port } = await serve(plaintext('insecure'));
  const session = http2.connect(`http://127.0.0.1:${port}`);
  const stream = call(session, path);
  if (half) stream.end();
  stream.once('end', () => stream.close());
  await once(stream.resume(), 'response');
  const status = once(stream, 'trailers');
  const from = performance.now();
  await server.drain(10_000);
  expect(performance.now() - from).toBeLessThan(2_000);
  expect((await status)[0]).toMatchObject({ 'grpc-status': '14' });
});

test('a stream whose request is complete only after the drain began does not hold it either', async () => {
  const server = createServer({ services: [PricingService], onInternal: () => {} });
  const port = await server.listen('127.0.0.1:0');
  const watchPrice = async function* () {
    yield await new Promise<never>(() => {});
  };
  server.open([implementPart(PricingService, { watchPrice })]);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  await once(session, 'remoteSettings');
  const stream = session.request({
    ':method': 'POST',
    ':path': '/ecommerce.PricingService/WatchPrice',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.write(Buffer.alloc(3));
  await new Promise<void>((resolve) => session.ping(() => resolve())); // the server has seen the headers
  stream.once('end', () => stream.close());
  const status = once(stream.resume(), 'response');
  const from = performance.now();
  const drained = server.drain(10_000);
  stream.end(Buffer.alloc(2));
  await drained;
  expect(performance.now() - from).toBeLessThan(2_000);
  expect((await status)[0]).toMatchObject({ 'grpc-status': '14' });
});
