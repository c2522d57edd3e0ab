import { connect } from 'node:http2';
import { encode, GetStockRequest, GetUserRequest, PriceRequest } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { expect, inject, test } from 'vitest';
import { rawCall } from '../../packages/rpc/src/raw-call.testing.ts';

const { services } = inject('shop');

/** A good read of each service. */
const reads = {
  inventory: ['/ecommerce.InventoryService/GetStock', encode(GetStockRequest, { productId: 1n })],
  pricing: ['/ecommerce.PricingService/GetPrice', encode(PriceRequest, { productId: 1n })],
  user: ['/ecommerce.UserService/GetUser', encode(GetUserRequest, { userId: 1n })],
} as const;

async function read(service: keyof typeof reads, timeout: string): Promise<number | undefined> {
  const session = connect(`http://${services[service]}`);
  const [path, message] = reads[service];
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  const { code } = await rawCall(session, { path, headers: { 'grpc-timeout': timeout }, frames: [frame] })
    .answer;
  session.close();
  return code;
}

test.each(['inventory', 'pricing', 'user'] as const)('%s reads grpc-timeout strictly', async (service) => {
  for (const timeout of ['5S', '2592000S', '99999999H'])
    expect([timeout, await read(service, timeout)]).toEqual([timeout, Code.OK]);
  expect(await read(service, '0m')).toBe(Code.DEADLINE_EXCEEDED);
  for (const timeout of ['abc5Sdef', '-5S', '5 S', '5', '123456789S']) {
    expect([timeout, await read(service, timeout)]).toEqual([timeout, Code.INVALID_ARGUMENT]);
  }
});
