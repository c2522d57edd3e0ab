import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createTlsServer } from 'node:tls';
import { type ChannelCredentials, credentials, Metadata, ServerCredentials } from '@grpc/grpc-js';
import { PricingService } from '@hotpath/contracts';
import { afterEach, expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { base, cleanUp, filesOf, inMs, newAuthority, securityOf, startPricing } from './mtls.testing.ts';
import { plaintext } from './security.ts';

const after = cleanUp();
afterEach(() => after.run());

const authority = await newAuthority();
const callersOf = (path: string) =>
  new Set(path === '/ecommerce.PricingService/GetPrice' ? ['inventory'] : ['gateway']);

function clientOf(address: string, channelCredentials: ChannelCredentials) {
  const channel = openChannel(address, { credentials: channelCredentials });
  after(() => channel.close());
  return createClient(PricingService, channel);
}

/** A client as another program may be one: with these files, and no look at the server's name. */
function foreign(files: { ca: string; certificate?: string; key?: string }): ChannelCredentials {
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(Buffer.from(files.ca), bytes(files.key), bytes(files.certificate), {
    checkServerIdentity: () => undefined,
  });
}

async function pricingAs(caller: string) {
  const server = await startPricing(
    { security: await securityOf(authority, 'pricing', after), callersOf },
    after,
  );
  const { channelCredentials } = await securityOf(authority, caller, after);
  return { ...server, client: clientOf(server.address, channelCredentials('pricing')) };
}

test('a caller that the RPC allows comes in under its own name', async () => {
  const { client, calls } = await pricingAs('inventory');
  await client.getPrice({ productId: 1n });
  await client.getPrice({ productId: 1n });
  expect(calls.map(({ caller }) => caller)).toEqual(['inventory', 'inventory']);
});

test('another caller is denied, unary or streaming, and its handler does not start', async () => {
  const { client, calls } = await pricingAs('gateway');
  await expect(client.getPrice({ productId: 1n })).rejects.toMatchObject({
    code: Code.PERMISSION_DENIED,
    message: 'gateway may not call /ecommerce.PricingService/GetPrice',
  });
  const inventory = await securityOf(authority, 'inventory', after);
  const watcher = clientOf((await pricingAs('x')).address, inventory.channelCredentials('pricing'));
  const read = (async () => {
    for await (const _ of watcher.watchPrice({ productId: 1n }));
  })();
  await expect(read).rejects.toMatchObject({ code: Code.PERMISSION_DENIED });
  for await (const { reason } of client.watchPrice({ productId: 1n })) expect(reason).toBe('snapshot');
  expect(calls.map(({ path }) => path)).toEqual(['/ecommerce.PricingService/WatchPrice']);
});

test('without a list of callers, all that have proven who they are come in, and nobody else', async () => {
  const server = await startPricing({ security: await securityOf(authority, 'pricing', after) }, after);
  const { channelCredentials } = await securityOf(authority, 'anyone', after);
  await clientOf(server.address, channelCredentials('pricing')).getPrice({});
  const nobody = clientOf(server.address, foreign({ ca: authority.certificate }));
  await expect(nobody.getPrice({})).rejects.toMatchObject({ code: Code.UNAUTHENTICATED });
  expect(server.calls.map(({ caller }) => caller)).toEqual(['anyone']);
});

test.each([
  ['no certificate', async () => ({ ca: authority.certificate })],
  ['one of another authority', async () => filesOf(await newAuthority(), 'inventory', authority.certificate)],
  [
    'an expired one',
    async () => ({
      ca: authority.certificate,
      ...(await authority.issue(`${base}/inventory`, {
        notBefore: inMs(-7_200_000),
        notAfter: inMs(-1_000),
      })),
    }),
  ],
  [
    'one of another trust domain',
    async () => {
      const { certificate, key } = await authority.issue('spiffe://evil.test/inventory', {
        notAfter: inMs(60_000),
      });
      return { ca: authority.certificate, certificate, key };
    },
  ],
  ["the authority's own", async () => ({ ca: authority.certificate, ...authority })],
])('a client with %s is UNAUTHENTICATED, but may ask for health', async (_what, files) => {
  const server = await startPricing(
    { security: await securityOf(authority, 'pricing', after), callersOf },
    after,
  );
  const client = clientOf(server.address, foreign(await files()));
  await expect(client.getPrice({ productId: 1n })).rejects.toMatchObject({ code: Code.UNAUTHENTICATED });
  expect(server.calls).toEqual([]);
  expect(await healthOf(server.port, await files())).toBe('0');
});

test('headers that claim an identity change nothing', async () => {
  const metadata = new Metadata();
  for (const name of [
    'x-caller',
    'x-user',
    'l5d-client-id',
    'x-forwarded-client-cert',
    'hotpath-caller',
    'caller',
  ]) {
    metadata.set(name, 'inventory');
  }
  const server = await startPricing(
    { security: await securityOf(authority, 'pricing', after), callersOf },
    after,
  );
  const nobody = clientOf(server.address, foreign({ ca: authority.certificate }));
  await expect(nobody.getPrice({}, { metadata })).rejects.toMatchObject({ code: Code.UNAUTHENTICATED });
  const { channelCredentials } = await securityOf(authority, 'gateway', after);
  const gateway = clientOf(server.address, channelCredentials('pricing'));
  await expect(gateway.getPrice({}, { metadata })).rejects.toMatchObject({ code: Code.PERMISSION_DENIED });
  expect(server.calls).toEqual([]);

  for (const mode of ['mesh', 'insecure'] as const) {
    const open = await startPricing({ security: plaintext(mode), callersOf }, after);
    await clientOf(open.address, credentials.createInsecure()).getPrice({}, { metadata });
    expect(open.calls.map(({ caller }) => caller)).toEqual(['anonymous']);
  }
});

test.each([
  [
    'another process',
    async () => (await securityOf(authority, 'user', after)).serverCredentials,
    /the server is spiffe:\/\/hotpath\.test\/user, not spiffe:\/\/hotpath\.test\/pricing/,
  ],
  [
    'another authority',
    async () => serverWith(await filesOf(await newAuthority(), 'pricing')),
    /unable to verify|self-signed|signature/,
  ],
  [
    'an expired certificate',
    async () =>
      serverWith({
        ca: authority.certificate,
        ...(await authority.issue(`${base}/pricing`, {
          notBefore: inMs(-7_200_000),
          notAfter: inMs(-1_000),
        })),
      }),
    /certificate has expired/,
  ],
])(
  'a client refuses a server that is %s, and sends it nothing',
  async (_what, serverCredentials, message) => {
    const security = { ...plaintext('insecure'), serverCredentials: await serverCredentials() };
    const server = await startPricing({ security }, after);
    const { channelCredentials } = await securityOf(authority, 'inventory', after);
    const client = clientOf(server.address, channelCredentials('pricing'));
    await expect(client.getPrice({ productId: 1n })).rejects.toMatchObject({
      code: Code.UNAVAILABLE,
      message: expect.stringMatching(message),
    });
    expect(server.calls).toEqual([]);
  },
);

test('neither side speaks TLS 1.2', async () => {
  const { port } = await pricingAs('inventory');
  const options = {
    port,
    host: '127.0.0.1',
    ca: authority.certificate,
    checkServerIdentity: () => undefined,
  };
  const old = connect({ ...options, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] });
  const [error] = await once(old, 'error');
  expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  const present = connect({ ...options, ALPNProtocols: ['h2'] });
  await once(present, 'secureConnect');
  expect(present.getProtocol()).toBe('TLSv1.3');
  present.destroy();

  const { certificate, key } = await filesOf(authority, 'pricing');
  const server = createTlsServer({ cert: certificate, key, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  const { channelCredentials } = await securityOf(authority, 'inventory', after);
  const client = clientOf(
    `127.0.0.1:${(server.address() as AddressInfo).port}`,
    channelCredentials('pricing'),
  );
  await expect(client.getPrice({})).rejects.toMatchObject({
    code: Code.UNAVAILABLE,
    message: expect.stringMatching(/protocol version/),
  });
});

test('a connection cannot be resumed: each proves anew who is there', async () => {
  const { port } = await pricingAs('inventory');
  const options = {
    port,
    host: '127.0.0.1',
    ALPNProtocols: ['h2'],
    ...(await filesOf(authority, 'inventory')),
    checkServerIdentity: () => undefined,
  };
  const first = http2.connect(`https://127.0.0.1:${port}`, { ...options, cert: options.certificate });
  const sessions: Buffer[] = [];
  first.socket.on('session', (session: Buffer) => sessions.push(session));
  await once(first, 'remoteSettings');
  await new Promise<void>((resolve) => first.ping(() => resolve()));
  first.destroy();
  for (const session of sessions) {
    const second = connect({ ...options, session });
    await once(second, 'secureConnect');
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  }
});

function serverWith({ ca, certificate, key }: { ca: string; certificate: string; key: string }) {
  return ServerCredentials.createSsl(Buffer.from(ca), [
    { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) },
  ]);
}

/** The grpc-status of a health check by a client with these files. */
async function healthOf(port: number, files: { ca: string; certificate?: string; key?: string }) {
  const session = http2.connect(`https://127.0.0.1:${port}`, {
    ca: files.ca,
    ...(files.certificate && { cert: files.certificate, key: files.key }),
    checkServerIdentity: () => undefined,
  });
  after(() => session.destroy());
  const request = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  request.end(Buffer.alloc(5));
  request.resume();
  const [trailers] = await once(request, 'trailers');
  return trailers['grpc-status'];
}
