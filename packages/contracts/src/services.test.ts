import { fileURLToPath } from 'node:url';
import { type ServiceDefinition as LoadedService, loadSync } from '@grpc/proto-loader';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProtos } from '../generator/load.ts';
import { fullName } from '../generator/names.ts';
import { common, initOf } from '../testing/arbitrary.ts';
import type { AnyMessage } from '../testing/crossing.ts';
import { decode, encode } from './codec.ts';
import { services } from './services.ts';

const protos = fileURLToPath(new URL('../../../protos', import.meta.url));
const files = loadProtos(protos);
const loaded = loadSync(
  files.map((file) => `${file.name}.proto`),
  { includeDirs: [protos], longs: String, defaults: true },
);
const messages = new Map(
  files.flatMap((file) => file.messages.map((message) => [fullName(message), message])),
);

test('there is a definition of every service', () => {
  const declared = files.flatMap((file) => file.services.map(fullName));
  expect(services.map((service) => service.name).sort()).toEqual(declared.sort());
});

describe.each(services.map((service) => [service.name, service] as const))('%s', (name, service) => {
  const theirs = loaded[name] as LoadedService;
  const methods = Object.values(service.methods);

  test('is what proto-loader reads', () => {
    const kinds = {
      unary: [false, false],
      serverStream: [false, true],
      clientStream: [true, false],
      bidi: [true, true],
    };
    const ours = methods.map((method) => ({
      path: method.path,
      streams: kinds[method.kind],
      types: [method.request.name, method.response.name],
      idempotency: method.idempotency,
    }));
    expect(ours).toEqual(
      Object.values(theirs).map((method) => ({
        path: method.path,
        streams: [method.requestStream, method.responseStream],
        types: [method.requestType, method.responseType].map(
          ({ type }) => `ecommerce.${(type as { name: string }).name}`,
        ),
        idempotency: method.options.idempotency_level,
      })),
    );
  });

  test('says of every RPC whether it may be repeated', () => {
    for (const method of methods) expect(method, method.name).not.toHaveProperty('idempotency', 'UNKNOWN');
  });

  test.each(methods.map((method) => [method.name, method] as const))(
    '%s speaks with proto-loader',
    (rpc, method) => {
      const loadedMethod = theirs[rpc];
      if (!loadedMethod) throw new Error(`proto-loader has no ${rpc}`);
      const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = loadedMethod;
      const sides = [
        [method.request, requestSerialize, requestDeserialize],
        [method.response, responseSerialize, responseDeserialize],
      ] as const;
      for (const [type, serialize, deserialize] of sides) {
        const ours = type as AnyMessage;
        const message = messages.get(type.name);
        if (!message) throw new Error(`no proto declares ${type.name}`);
        fc.assert(
          fc.property(initOf(message), (init) => {
            const whole = common(ours.create(init));
            expect(common(deserialize(encode(ours, init)))).toEqual(whole);
            expect(common(decode(ours, serialize(common(init) as object)))).toEqual(whole);
          }),
          { numRuns: 25 },
        );
      }
    },
  );
});
