import { connect } from 'node:http2';
import { encode, PriceRequest, type PriceResponse, PricingService, UserService } from '@hotpath/contracts';
import { afterEach, expect, test } from 'vitest';
import { withBudget } from './call.ts';
import { openChannel } from './channel.ts';
import { createClient } from './client.ts';
import { Code } from './code.ts';
import { notFound, RpcError } from './errors.ts';
import { type Handlers, implementPart } from './implement.ts';
import { framed, rawCall } from './raw-call.testing.ts';
import { createServer } from './server.ts';
import { startServer } from './start-server.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const price = (productId: bigint): PriceResponse => ({
  productId,
  basePrice: 10,
  discountedPrice: 9,
  isOnSale: false,
  saleEndsAt: 0n,
  currency: 'INR',
});
const unused = () => {
  throw new Error('not part of this test');
};

async function serve(handlers: Partial<Handlers<typeof PricingService>>) {
  const server = await startServer([implementPart(PricingService, handlers)]);
  closers.push(() => server.close());
  return server;
}

async function pricing(handlers: Partial<Handlers<typeof PricingService>>) {
  const server = await serve(handlers);
  const channel = openChannel(server.address, { serviceConfig: PricingService.serviceConfig });
  closers.push(() => channel.close());
  return createClient(PricingService, channel);
}

test('a unary call carries ids beyond 2^53', async () => {
  const client = await pricing({ getPrice: ({ productId }) => price(productId) });
  expect(await client.getPrice({ productId: 2n ** 63n - 1n })).toEqual(price(2n ** 63n - 1n));
});

test('an RPC that a part of a service lacks is UNIMPLEMENTED', async () => {
  const client = await pricing({ getPrice: ({ productId }) => price(productId) });
  await expect(client.getPricesBatch({})).rejects.toMatchObject({ code: Code.UNIMPLEMENTED });
});

test("a handler's RpcError reaches the caller with its code and details; anything else is INTERNAL with an id", async () => {
  const client = await pricing({
    getPrice({ productId }) {
      if (productId === 1n) throw notFound('product 1 has no price');
      throw new Error('select secret from table');
    },
  });
  await expect(client.getPrice({ productId: 1n })).rejects.toMatchObject({
    code: Code.NOT_FOUND,
    message: 'product 1 has no price',
  });
  const internal: RpcError = await client.getPrice({ productId: 2n }).then(unused, (error) => error);
  expect(internal).toBeInstanceOf(RpcError);
  expect(internal.code).toBe(Code.INTERNAL);
  expect(internal.message).toMatch(/^internal error, id [0-9a-f-]{36}$/);
  expect(internal.details.errorInfo?.reason).toBe('INTERNAL');
});

test('the method budget ends a handler that does not answer, and its signal', async () => {
  let reason: unknown;
  const aborted = Promise.withResolvers<void>();
  const { address } = await serve({
    getPrice: (_request, call) =>
      new Promise((_resolve, reject) => {
        call.signal.addEventListener('abort', () => {
          reason = call.signal.reason;
          reject(call.signal.reason);
          aborted.resolve();
        });
      }),
  });
  // A caller without a deadline: one with its own may leave first.
  const session = connect(`http://${address}`);
  closers.push(() => session.destroy());
  const frames = [framed(encode(PriceRequest, { productId: 1n }))];
  const { answer } = rawCall(session, { path: PricingService.methods.getPrice.path, frames });
  expect(await answer).toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  await aborted.promise;
  expect(reason).toMatchObject({ code: Code.DEADLINE_EXCEEDED });
});

test("a call inherits its parent's deadline and end", async () => {
  const ended = Promise.withResolvers<Code>();
  const client = await pricing({
    getPrice: (_request, call) =>
      new Promise((_resolve, reject) => {
        call.onEnd((cause) => {
          ended.resolve(cause.code);
          reject(cause);
        });
      }),
  });
  const started = performance.now();
  const call = withBudget({ path: 'GET /', budgetMs: 100 }, () => client.getPrice({ productId: 1n }));
  await expect(call).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
  expect(performance.now() - started).toBeLessThan(400); // its own budget is 500 ms
  // The server learns of it from its own clock or by the caller's leaving, whichever it hears first.
  expect([Code.DEADLINE_EXCEEDED, Code.CANCELLED]).toContain(await ended.promise);
});

test('leaving a server stream cancels it at the server', async () => {
  const left = Promise.withResolvers<Code>();
  const client = await pricing({
    async *watchPrice({ productId }, call) {
      call.onEnd((cause) => left.resolve(cause.code));
      for (let sequence = 1n; ; sequence++) {
        yield {
          productId,
          newPrice: 1,
          reason: 'price_changed',
          sequence,
          currency: 'INR',
          basePrice: 1,
          isOnSale: false,
          saleEndsAt: 0n,
          traceparent: '',
        };
        await new Promise(setImmediate);
      }
    },
  });
  let last = 0n;
  for await (const { sequence } of client.watchPrice({ productId: 1n })) {
    last = sequence;
    if (sequence === 3n) break;
  }
  expect(last).toBe(3n);
  expect(await left.promise).toBe(Code.CANCELLED);
});

test('client streaming and bidi carry messages both ways', async () => {
  const client = await pricing({
    async importPrices(requests) {
      let received = 0n;
      for await (const { lines } of requests) received += BigInt(lines.length);
      return {
        summary: { received, stored: received, changed: 0n, failed: 0n, errors: [], replayed: false },
      };
    },
    async *quoteCart(requests) {
      for await (const { quantity } of requests) {
        yield {
          lines: [],
          total: { minorUnits: BigInt(quantity), currency: 'INR' },
          reason: 'changed',
          error: undefined,
        };
      }
    },
  });
  async function* chunks() {
    for (let i = 0; i < 100; i++) yield { lines: [{ line: 1n }, { line: 2n }] };
  }
  expect((await client.importPrices(chunks())).summary?.received).toBe(200n);
  async function* changes() {
    for (let quantity = 1; quantity <= 3; quantity++) yield { productId: 1n, quantity };
  }
  const totals: bigint[] = [];
  for await (const { total } of client.quoteCart(changes())) totals.push(total?.minorUnits ?? -1n);
  expect(totals).toEqual([1n, 2n, 3n]);
});

test('a failing stream ends with its code, also when a message came before', async () => {
  const client = await pricing({
    async *watchPrice() {
      yield {
        productId: 1n,
        newPrice: 1,
        reason: 'snapshot',
        sequence: 1n,
        currency: 'INR',
        basePrice: 1,
        isOnSale: false,
        saleEndsAt: 0n,
        traceparent: '',
      };
      throw notFound('it is gone');
    },
  });
  const seen: bigint[] = [];
  const read = (async () => {
    for await (const { sequence } of client.watchPrice({ productId: 1n })) seen.push(sequence);
  })();
  await expect(read).rejects.toMatchObject({ code: Code.NOT_FOUND, message: 'it is gone' });
  expect(seen).toEqual([1n]);
});

test('a failing bidi stream ends with its code when all that was sent before has been read', async () => {
  const client = await pricing({
    async *quoteCart(requests) {
      const reading = requests[Symbol.asyncIterator]();
      await reading.next();
      void reading.next().catch(() => {});
      // More than goes out at once.
      const reason = 'x'.repeat(100_000);
      for (let i = 0; i < 5; i++) yield { lines: [], total: undefined, reason, error: undefined };
      throw notFound('it is gone');
    },
  });
  const over = Promise.withResolvers<void>();
  async function* changes() {
    yield { productId: 1n, quantity: 1 };
    await over.promise;
  }
  let seen = 0;
  const read = (async () => {
    for await (const _ of client.quoteCart(changes())) seen += 1;
  })();
  await expect(read).rejects.toMatchObject({ code: Code.NOT_FOUND, message: 'it is gone' });
  expect(seen).toBe(5);
  over.resolve();
});

test('a call that the call graph lacks throws before it is made; one that it has goes through', async () => {
  const server = await startServer([
    implementPart(UserService, {
      getSegment: () => ({ segment: 'vip' }),
    }),
  ]);
  const channel = openChannel(server.address);
  closers.push(
    () => server.close(),
    () => channel.close(),
  );
  const graph = {
    'GET /known': { process: 'gateway', budgetMs: 1_000, calls: UserService.methods.getSegment },
  };
  const client = createClient(UserService, channel, graph);
  const from = (path: string) =>
    withBudget({ path, budgetMs: 1_000 }, async () => client.getSegment({ userId: 1n }));
  expect(await from('GET /known')).toEqual({ segment: 'vip' });
  await expect(from('GET /other')).rejects.toThrow('the call graph has no call from GET /other to');
});

test('neither a client nor a server starts where an RPC has no budget', async () => {
  const service = { ...UserService, serviceConfig: { methodConfig: [] } };
  const channel = openChannel('127.0.0.1:1');
  closers.push(() => channel.close());
  expect(() => createClient(service, channel)).toThrow('/ecommerce.UserService/GetUser has no budget');
  expect(() => createServer({ services: [service], onInternal: unused })).toThrow('has no budget');
});
