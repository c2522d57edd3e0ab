import type { ImportStockRequest, Init, StockLine } from '@hotpath/contracts';
import { Code } from '@hotpath/rpc';
import { expect, test } from 'vitest';
import { insertProduct, openTestDatabase, startInventory } from '../testing.ts';

const db = await openTestDatabase();
const { client } = await startInventory(db);
for (let id = 1n; id <= 100n; id++) await insertProduct(db, id, { 'in-bom-1': 10, 'in-del-1': 10 });

async function* messages(...chunks: Init<StockLine>[][]): AsyncGenerator<Init<ImportStockRequest>> {
  for (const [index, lines] of chunks.entries())
    yield { requestId: index === 0 ? `import-${++imports}` : '', lines };
}
let imports = 0;

async function importLines(...chunks: Init<StockLine>[][]) {
  return (await client.importStock(messages(...chunks))).summary;
}

/** Line number `line`, setting a product's stock. */
const set = (line: number, productId: bigint, available: number, warehouseId = 'in-bom-1') => ({
  line: BigInt(line),
  productId,
  warehouseId,
  available,
});

async function availableIn(productId: bigint, warehouseId = 'in-bom-1') {
  return (await client.getStock({ productId, warehouseId })).stock[0]?.available;
}

test('sets the stock of each line and counts what changed', async () => {
  const summary = await importLines([set(1, 1n, 5), set(2, 1n, 10, 'in-del-1')], [set(3, 2n, 0)]);
  expect(summary).toEqual({ received: 3n, stored: 3n, changed: 2n, failed: 0n, errors: [], replayed: false });
  expect([await availableIn(1n), await availableIn(1n, 'in-del-1'), await availableIn(2n)]).toEqual([
    5, 10, 0,
  ]);
});

test('reports bad lines by number and stores the others of the same message', async () => {
  const bad: [Init<StockLine>, Code, string][] = [
    [set(2, 999n, 1), Code.NOT_FOUND, 'there is no product 999'],
    [set(3, 3n, 1, 'in-xxx-1'), Code.NOT_FOUND, 'there is no warehouse "in-xxx-1"'],
    [set(4, 3n, -1), Code.INVALID_ARGUMENT, 'available'],
    [set(5, 3n, 1_000_000_001), Code.INVALID_ARGUMENT, 'available'],
    [set(6, 0n, 1), Code.INVALID_ARGUMENT, 'product_id'],
    [set(7, 3n, 1, ''), Code.INVALID_ARGUMENT, 'warehouse_id'],
    [set(8, 3n, 1, 'in\0bom'), Code.INVALID_ARGUMENT, 'warehouse_id'],
  ];
  const summary = await importLines([
    set(1, 3n, 77),
    ...bad.map(([line]) => line),
    set(9, 4n, 1_000_000_000),
  ]);
  expect(summary).toMatchObject({ received: 9n, stored: 2n, changed: 2n, failed: 7n });
  expect(summary?.errors).toEqual(
    bad.map(([{ line }, code, message]) => ({ line, code, message: expect.stringContaining(message) })),
  );
  expect([await availableIn(3n), await availableIn(4n)]).toEqual([77, 1_000_000_000]);
});

test('where a product and warehouse come twice in a message, the last line holds', async () => {
  const summary = await importLines([set(1, 5n, 1), set(2, 5n, 2), set(3, 5n, 3), set(4, 5n, -3)]);
  expect(summary).toMatchObject({ received: 4n, stored: 3n, changed: 1n, failed: 1n });
  expect(await availableIn(5n)).toBe(3);
});

test('a warehouse that never had a product gets its first', async () => {
  await db.query("insert into warehouses values ('in-amd-1', 'Ahmedabad')");
  expect(await importLines([set(1, 6n, 4, 'in-amd-1')])).toMatchObject({ changed: 1n });
  expect(await availableIn(6n, 'in-amd-1')).toBe(4);
});

test('lines whose stock stands already are not written, nor even locked', async () => {
  const rows = () => db.query('select *, ctid, xmin, xmax from stock where product_id in (3, 4)');
  await importLines([set(1, 3n, 7), set(2, 4n, 8)]);
  const before = await rows();
  expect(await importLines([set(1, 3n, 7), set(2, 4n, 8)])).toMatchObject({ stored: 2n, changed: 0n });
  expect(await rows()).toEqual(before);
});

test('a repeat of a finished import returns its answer and stores nothing', async () => {
  const request = { requestId: 'repeated', lines: [set(1, 7n, 1)] };
  async function* once() {
    yield request;
  }
  const first = await client.importStock(once());
  expect(first.summary).toMatchObject({ changed: 1n });
  await importLines([set(1, 7n, 2)]);
  expect((await client.importStock(once())).summary).toEqual({ ...first.summary, replayed: true });
  expect(await availableIn(7n)).toBe(2);
});

test('every change goes to the feed, and what stood already does not', async () => {
  const eventsOf = (productId: bigint) =>
    db.query<{ available: number }>(
      'select available from stock_events where product_id = $1 order by sequence',
      [productId],
    );
  await importLines([set(1, 8n, 10)], [set(2, 8n, 11)], [set(3, 8n, 11)], [set(4, 8n, 12)]);
  expect(await eventsOf(8n)).toEqual([{ available: 11 }, { available: 12 }]);
});

test('a message of more than 1,000 lines ends the import', async () => {
  const lines = Array.from({ length: 1001 }, (_, index) => set(index + 1, 1n, 1));
  await expect(importLines(lines)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('lines'),
  });
});

test('an import without a request id is refused', async () => {
  async function* nameless() {
    yield { lines: [set(1, 1n, 1)] };
  }
  await expect(client.importStock(nameless())).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining('request_id'),
  });
});

test('a long import is stored as it comes, a bounded number of messages behind its sender', async () => {
  await insertProduct(db, 101n, { 'in-bom-1': 0 });
  const chunks = 150;
  let mostAhead = 0;
  async function* many(): AsyncGenerator<Init<ImportStockRequest>> {
    for (let chunk = 1; chunk <= chunks; chunk++) {
      const stored = (await availableIn(101n)) ?? 0;
      mostAhead = Math.max(mostAhead, chunk - stored);
      const line = (index: number) => set((chunk - 1) * 1000 + index + 1, 101n, chunk);
      yield { requestId: 'long', lines: Array.from({ length: 1000 }, (_, index) => line(index)) };
    }
  }
  const { summary } = await client.importStock(many());
  expect(summary).toEqual({
    received: 150_000n,
    stored: 150_000n,
    changed: 150n,
    failed: 0n,
    errors: [],
    replayed: false,
  });
  // About 55: what gRPC's own buffers hold on both sides, and no more for a longer import.
  expect(mostAhead).toBeLessThan(chunks / 2);
});
