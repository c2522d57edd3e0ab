import { PricingService } from '@hotpath/contracts';
import { afterEach, expect, test } from 'vitest';
import { openChannel } from './channel.ts';
import { type Client, createClient } from './client.ts';
import { Code } from './code.ts';
import { notFound } from './errors.ts';
import { type Handlers, implement } from './implement.ts';
import { Metadata } from './index.ts';
import type { ServerCall } from './server-call.ts';
import { startServer } from './start-server.ts';

const { getPrice, watchPrice, importPrices } = PricingService.methods;
const Prices = { ...PricingService, methods: { getPrice, watchPrice, importPrices } };

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Sends a request's `x-text` back as a header and its `x-bytes-bin` as a trailer. */
function echo(call: ServerCall): void {
  const [text] = call.metadata.get('x-text');
  const [bytes] = call.metadata.get('x-bytes-bin');
  const headers = new Metadata();
  if (text) headers.set('x-text', text);
  call.sendHeaders(headers);
  if (bytes) call.trailers.set('x-bytes-bin', bytes);
}

async function echoing(): Promise<Client<typeof Prices>> {
  const handlers: Handlers<typeof Prices> = {
    getPrice(request, call) {
      echo(call);
      if (request.productId === 0n) throw notFound('there is no product 0');
      return getPrice.response.create({});
    },
    async *watchPrice(request, call) {
      echo(call);
      yield watchPrice.response.create({});
      if (request.productId === 0n) throw notFound('there is no product 0');
    },
    async importPrices(requests, call) {
      echo(call);
      for await (const _ of requests);
      return importPrices.response.create({});
    },
  };
  const server = await startServer([implement(Prices, handlers)]);
  const channel = openChannel(server.address);
  closers.push(
    () => server.close(),
    () => channel.close(),
  );
  return createClient(Prices, channel);
}

/** Call options that send metadata, and what came back so far, in order. */
function watched() {
  const seen: string[] = [];
  const metadata = new Metadata();
  metadata.set('x-text', 'some text');
  metadata.set('x-bytes-bin', Buffer.from([0, 1, 255]));
  const options = {
    metadata,
    onHeaders: (headers: Metadata) => seen.push(`headers ${headers.get('x-text')}`),
    onTrailers: (trailers: Metadata) =>
      seen.push(`trailers ${(trailers.get('x-bytes-bin')[0] as Buffer | undefined)?.toString('hex')}`),
  };
  return { seen, options };
}

const both = ['headers some text', 'trailers 0001ff'];

test('a unary call carries metadata both ways, also when it fails', async () => {
  const client = await echoing();
  const good = watched();
  await client.getPrice({ productId: 1n }, good.options);
  expect(good.seen).toEqual(both);
  const bad = watched();
  await expect(client.getPrice({ productId: 0n }, bad.options)).rejects.toMatchObject({
    code: Code.NOT_FOUND,
  });
  expect(bad.seen).toEqual(both);
});

test('streams carry metadata both ways: headers before the first message, trailers before the end', async () => {
  const client = await echoing();
  const good = watched();
  for await (const _ of client.watchPrice({ productId: 1n }, good.options)) good.seen.push('message');
  expect(good.seen).toEqual(['headers some text', 'message', 'trailers 0001ff']);

  const bad = watched();
  const read = async () => {
    for await (const _ of client.watchPrice({ productId: 0n }, bad.options));
  };
  await expect(read()).rejects.toMatchObject({ code: Code.NOT_FOUND });
  expect(bad.seen).toEqual(both);

  const sent = watched();
  await client.importPrices((async function* () {})(), sent.options);
  expect(sent.seen).toEqual(both);
});

test("the caller's metadata can be used for many calls, and none is sent unasked", async () => {
  const client = await echoing();
  const { seen, options } = watched();
  const before = options.metadata.toJSON();
  await client.getPrice({ productId: 1n }, options);
  await client.getPrice({ productId: 1n }, options);
  expect(options.metadata.toJSON()).toEqual(before);
  await client.getPrice({ productId: 1n }, { ...options, metadata: new Metadata() });
  expect(seen).toEqual([...both, ...both, 'headers ', 'trailers undefined']);
});
