import { fileURLToPath } from 'node:url';
import {
  type ChannelCredentials,
  credentials,
  type GrpcObject,
  getChannelzServiceDefinition,
  loadPackageDefinition,
  makeClientConstructor,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterEach, expect, test } from 'vitest';
import { Code } from './code.ts';
import { cleanUp, newAuthority, securityOf, startPricing } from './mtls.testing.ts';
import { plaintext } from './security.ts';

const after = cleanUp();
afterEach(() => after.run());

const protos = new URL('../../../protos/', import.meta.url);
const authority = await newAuthority();
const insecure = plaintext('insecure');

/** Asks a server's reflection: the names it lists, and how many files describe PricingService. */
async function reflect(address: string, version: 'v1' | 'v1alpha', by = credentials.createInsecure()) {
  const folder = fileURLToPath(new URL('.', import.meta.resolve('@grpc/reflection/package.json')));
  const root = loadPackageDefinition(
    loadSync(`grpc/reflection/${version}/reflection.proto`, { includeDirs: [`${folder}/build/proto`] }),
  ) as { grpc: { reflection: Record<string, GrpcObject> } };
  const Client = root.grpc.reflection[version]?.ServerReflection as ServiceClientConstructor;
  const client = new Client(address, by);
  after(() => client.close());
  const stream = client.ServerReflectionInfo?.();
  const names: string[] = [];
  let files = 0;
  return new Promise<{ names: string[]; files: number }>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('end', () => resolve({ names, files }));
    stream.on('data', (answer: ReflectionAnswer) => {
      if (answer.listServicesResponse)
        names.push(...answer.listServicesResponse.service.map(({ name }) => name));
      files += answer.fileDescriptorResponse?.fileDescriptorProto.length ?? 0;
    });
    stream.write({ listServices: '*' });
    stream.write({ fileContainingSymbol: 'ecommerce.PricingService' });
    stream.end();
  });
}
type ReflectionAnswer = {
  listServicesResponse?: { service: { name: string }[] };
  fileDescriptorResponse?: { fileDescriptorProto: Buffer[] };
};

/** The servers that channelz tells of. */
function channelz(address: string, by: ChannelCredentials = credentials.createInsecure()) {
  const Client = makeClientConstructor(getChannelzServiceDefinition(), 'Channelz');
  const client = new Client(address, by);
  after(() => client.close());
  return new Promise<{ server: unknown[] }>((resolve, reject) =>
    client.GetServers?.(
      { start_server_id: 0 },
      (error: ServiceError | null, answer: { server: unknown[] }) =>
        error ? reject(error) : resolve(answer),
    ),
  );
}

test('reflection and channelz are not there unless switched on', async () => {
  const { address } = await startPricing({ security: insecure }, after);
  await expect(reflect(address, 'v1')).rejects.toMatchObject({ code: Code.UNIMPLEMENTED });
  await expect(reflect(address, 'v1alpha')).rejects.toMatchObject({ code: Code.UNIMPLEMENTED });
  await expect(channelz(address)).rejects.toMatchObject({ code: Code.UNIMPLEMENTED });
});

test('switched on, they tell of the services that the server hosts', async () => {
  const { address } = await startPricing({ security: insecure, reflection: protos, channelz: true }, after);
  for (const version of ['v1', 'v1alpha'] as const) {
    // One file: proto-loader joins those of a package.
    expect(await reflect(address, version)).toEqual({ names: ['ecommerce.PricingService'], files: 1 });
  }
  expect((await channelz(address)).server.length).toBeGreaterThan(0);
});

test('with mutual TLS they answer whoever has a certificate, and nobody else', async () => {
  const security = await securityOf(authority, 'pricing', after);
  const { address } = await startPricing(
    { security, callersOf: () => new Set(), reflection: protos, channelz: true },
    after,
  );
  const nobody = credentials.createSsl(Buffer.from(authority.certificate));
  await expect(reflect(address, 'v1', nobody)).rejects.toMatchObject({ code: Code.UNAUTHENTICATED });
  await expect(channelz(address, nobody)).rejects.toMatchObject({ code: Code.UNAUTHENTICATED });
  const tools = (await securityOf(authority, 'tools', after)).channelCredentials('pricing');
  expect(await reflect(address, 'v1', tools)).toMatchObject({ names: ['ecommerce.PricingService'] });
  expect((await channelz(address, tools)).server.length).toBeGreaterThan(0);
});
