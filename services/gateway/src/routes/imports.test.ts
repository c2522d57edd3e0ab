import { once } from 'node:events';
import { connect } from 'node:net';
import { importLines } from '@hotpath/rpc';
import { describe, expect, test, vi } from 'vitest';
import { bearer, startGateway } from '../testing/index.ts';

const ndjson = 'application/x-ndjson';

async function send(
  url: string,
  body: string | ReadableStream<Uint8Array>,
  type = ndjson,
  headers: Record<string, string> = {},
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': type, ...(await bearer('merchant')), ...headers },
    body,
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const price = (productId: number | string, amount: unknown = 12.5) =>
  JSON.stringify({ productId: String(productId), currency: 'INR', price: amount });

test('prices as NDJSON: the good are stored, the bad told by line, whoever found them', async () => {
  const seen: unknown[] = [];
  const { url } = await startGateway({
    pricing: {
      async importPrices(requests) {
        const summary = await importLines(requests, {
          recall: async () => undefined,
          store: async (lines) => {
            seen.push(...lines);
            return lines.map(({ productId }) => (productId === 2n ? 'unchanged' : 'changed'));
          },
          keep: async (_id, kept) => kept,
        });
        return { summary };
      },
    },
  });
  const lines = [
    price(1),
    '{broken',
    price(2),
    '',
    price('x'),
    price(3, 1.005),
    price(4, '12.5'),
    price('9007199254740993'),
    '"1"',
  ];
  const { status, body } = await send(`${url}/api/prices:import`, lines.join('\n'));
  expect(status).toBe(200);
  expect(body).toMatchObject({ received: 8, stored: 3, changed: 2, failed: 5 });
  expect(body.errors).toEqual([
    { line: 2, code: 'INVALID_ARGUMENT', message: 'the line is no valid JSON' },
    { line: 5, code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^productId: /) },
    { line: 6, code: 'INVALID_ARGUMENT', message: expect.stringMatching(/decimals/) },
    { line: 7, code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^price: /) },
    { line: 9, code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^line: /) },
  ]);
  const money = { minorUnits: 1250n, currency: 'INR' };
  expect(seen).toEqual([
    { line: 1n, productId: 1n, price: money },
    { line: 3n, productId: 2n, price: money },
    { line: 8n, productId: 9007199254740993n, price: money },
  ]);
});

test('stock as CSV: fields by their header, in any order', async () => {
  const seen: unknown[] = [];
  const { url } = await startGateway({
    inventory: {
      async importStock(requests) {
        const summary = await importLines(requests, {
          recall: async () => undefined,
          store: async (lines) => {
            seen.push(...lines);
            return lines.map(() => 'changed' as const);
          },
          keep: async (_id, kept) => kept,
        });
        return { summary };
      },
    },
  });
  const csv =
    '\ufeffavailable,productId,warehouseId\r\n40,1,in-bom-1\r\n41,"2","in-del-1"\r\n1.5,3,in-bom-1\r\n1,2\r\n';
  const { body } = await send(`${url}/api/stock:import`, csv, 'text/csv; charset=utf-8');
  expect(body).toMatchObject({ received: 4, stored: 2, failed: 2 });
  expect(body.errors).toMatchObject([
    { line: 4, message: expect.stringMatching(/^available: /) },
    { line: 5, message: 'the line has 2 fields, the header 3' },
  ]);
  expect(seen).toEqual([
    { line: 2n, productId: 1n, warehouseId: 'in-bom-1', available: 40 },
    { line: 3n, productId: 2n, warehouseId: 'in-del-1', available: 41 },
  ]);
});

test("the service's own refusals are told in line order with the gateway's, the first hundred", async () => {
  const { url } = await startGateway();
  const lines = Array.from({ length: 1200 }, (_, i) => (i % 3 === 0 ? '{' : price(i % 3 === 1 ? 999 : 1)));
  const { body } = await send(`${url}/api/prices:import`, lines.join('\n'));
  expect(body).toMatchObject({ received: 1200, stored: 400, changed: 400, failed: 800 });
  const errors = body.errors as { line: number; code: string }[];
  expect(errors.slice(0, 4)).toMatchObject([
    { line: 1, code: 'INVALID_ARGUMENT' },
    { line: 2, code: 'NOT_FOUND' },
    { line: 4, code: 'INVALID_ARGUMENT' },
    { line: 5, code: 'NOT_FOUND' },
  ]);
  expect(errors).toHaveLength(100);
});

test('a repeat that the service answers at once counts the lines refused here as before', async () => {
  const { url } = await startGateway({
    pricing: {
      async importPrices(requests) {
        // Only the first message is read: the answer is known.
        for await (const { requestId } of requests) {
          expect(requestId).toBe('u9:again');
          return {
            summary: {
              received: 99_999n,
              stored: 99_999n,
              changed: 9n,
              failed: 0n,
              errors: [],
              replayed: true,
            },
          };
        }
        return { summary: undefined };
      },
    },
  });
  const lines = [...Array.from({ length: 99_999 }, () => price(1)), '{'];
  const { body } = await send(`${url}/api/prices:import`, lines.join('\n'), ndjson, {
    'idempotency-key': 'again',
  });
  expect(body).toMatchObject({
    received: 100_000,
    stored: 99_999,
    failed: 1,
    replayed: true,
    errors: [{ line: 100_000 }],
  });
});

test('the sender is slowed to the pace of the service, so that nothing piles up', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { url } = await startGateway({
    pricing: {
      async importPrices(requests) {
        await gate;
        let received = 0n;
        for await (const { lines } of requests) received += BigInt(lines.length);
        return {
          summary: { received, stored: received, changed: received, failed: 0n, errors: [], replayed: false },
        };
      },
    },
  });
  const block = Buffer.from(`${price(1)}\n`.repeat(1000));
  const blocks = 400;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ === blocks) controller.close();
      else controller.enqueue(block);
    },
  });
  const answer = send(`${url}/api/prices:import`, body);
  let before = -1;
  await vi.waitUntil(
    () => {
      const stalled = sent > 0 && sent === before;
      before = sent;
      return stalled;
    },
    { interval: 200, timeout: 10_000 },
  );
  expect(sent).toBeLessThan(blocks / 2);
  open();
  expect((await answer).body).toMatchObject({ received: blocks * 1000 });
});

describe('refusals', () => {
  test.each([
    ['JSON', 'application/json', {}, '{}', 415],
    ['compressed', ndjson, { 'content-encoding': 'gzip' }, price(1), 415],
    ['CSV without its header', 'text/csv', {}, '1,INR,12\n', 400],
    ['key with a space', ndjson, { 'idempotency-key': 'a b' }, price(1), 400],
    ['nothing', ndjson, {}, '\n', 200],
  ])('%s', async (_name, type, headers, body, status) => {
    const { url } = await startGateway();
    expect((await send(`${url}/api/prices:import`, body, type, headers)).status).toBe(status);
  });

  test('only merchants may import', async () => {
    const { url } = await startGateway();
    expect((await send(`${url}/api/stock:import`, '\n', ndjson, await bearer('customer'))).status).toBe(403);
  });
});

test('when the sender leaves in the middle, the service learns of it', async () => {
  const begun = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { url } = await startGateway({
    pricing: {
      async importPrices(requests) {
        try {
          for await (const _ of requests) begun.resolve();
        } finally {
          left.resolve();
        }
        return { summary: undefined };
      },
    },
  });
  const { authorization } = await bearer('merchant');
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    `POST /api/prices:import HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: ${ndjson}\r\nContent-Length: 1000000\r\n\r\n`,
  );
  socket.write(`${price(1)}\n`.repeat(600));
  await begun.promise;
  socket.resetAndDestroy();
  await left.promise;
});
