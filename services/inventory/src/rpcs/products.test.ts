import type { Init, ListProductsRequest, Product } from '@hotpath/contracts';
import { product, productCount } from '@hotpath/demo';
import { Code, unavailable } from '@hotpath/rpc';
import { beforeEach, expect, test } from 'vitest';
import { seed } from '../seed.ts';
import { openTestDatabase, startInventory } from '../testing.ts';

const db = await openTestDatabase();
const seeded = await seed(db);
const { client, user, pricing } = await startInventory(db);

beforeEach(() => {
  user.asked.length = 0;
  pricing.batches.length = 0;
  pricing.prices.clear();
  pricing.failure = undefined;
});

const rupees = (minorUnits: bigint) => ({ minorUnits, currency: 'INR' });

test('seeding stores the whole catalogue, and only where there is none', async () => {
  expect(seeded).toBe(productCount);
  expect(await seed(db)).toBe(0);
});

test('GetProduct joins product, stock and the price for its reader', async () => {
  pricing.prices.set('7 INR', 199_900n);
  const demo = product(7);
  expect(await client.getProduct({ productId: 7n, userId: 2n })).toEqual({
    product: {
      productId: 7n,
      name: demo.name,
      description: demo.description,
      category: demo.category,
      price: rupees(179_910n),
      originalPrice: rupees(199_900n),
      onSale: false,
      saleEndsAt: 0n,
      stock: Object.entries(demo.stock).map(([warehouseId, available]) => ({ warehouseId, available })),
    } satisfies Product,
  });
  expect(user.asked).toEqual([2n]);
});

test('user is not asked about nobody', async () => {
  pricing.prices.set('7 INR', 1_000n);
  expect((await client.getProduct({ productId: 7n })).product?.price).toEqual(rupees(1_000n));
  await client.listProducts({ pageSize: 1 });
  expect(user.asked).toEqual([]);
});

test('yen have no decimals', async () => {
  pricing.prices.set('7 JPY', 2_999n);
  const { product } = await client.getProduct({ productId: 7n, currency: 'JPY' });
  expect(product?.price).toEqual({ minorUnits: 2_999n, currency: 'JPY' });
});

test('a product without a price in the currency has none, alone and on a page', async () => {
  pricing.prices.set('1 EUR', 500n);
  const none = { price: undefined, originalPrice: undefined };
  expect((await client.getProduct({ productId: 2n, currency: 'EUR' })).product).toMatchObject(none);
  const { products } = await client.listProducts({ pageSize: 2, currency: 'EUR' });
  expect(products).toMatchObject([{ price: { minorUnits: 500n, currency: 'EUR' } }, none]);
});

test('any other failure of pricing fails the call as it is', async () => {
  pricing.failure = unavailable('pricing rests');
  for (const answer of [client.getProduct({ productId: 7n }), client.listProducts({})]) {
    await expect(answer).rejects.toMatchObject({ code: Code.UNAVAILABLE, message: 'pricing rests' });
  }
});

test.each([10_001n, 2n ** 53n + 1n, 2n ** 63n - 1n])(
  'product %s is not found, by its exact id',
  async (productId) => {
    for (const answer of [client.getProduct({ productId }), client.getStock({ productId })]) {
      await expect(answer).rejects.toMatchObject({
        code: Code.NOT_FOUND,
        message: `there is no product ${productId}`,
      });
    }
  },
);

test.each([
  ['product_id', { productId: 0n }],
  ['product_id', { productId: -(2n ** 63n) }],
  ['user_id', { productId: 1n, userId: -1n }],
  ['currency', { productId: 1n, currency: 'inr' }],
  ['currency', { productId: 1n, currency: 'X'.repeat(10_000) }],
  ['currency', { productId: 1n, currency: 'INR\0' }],
])('GetProduct refuses a bad %s', async (field, request) => {
  await expect(client.getProduct(request)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining(field),
  });
});

/** Reads pages until the last. */
async function allPages(request: Init<ListProductsRequest>) {
  const pages: Product[][] = [];
  let pageToken = '';
  do {
    const { products, nextPageToken } = await client.listProducts({ ...request, pageToken });
    pages.push(products);
    pageToken = nextPageToken;
  } while (pageToken);
  return pages;
}

test('pages give every product once, in the order of the ids', async () => {
  const pages = await allPages({ pageSize: 200 });
  expect(pages).toHaveLength(productCount / 200);
  expect(pages.flat().map(({ productId }) => productId)).toEqual(
    Array.from({ length: productCount }, (_, index) => BigInt(index + 1)),
  );
});

test('pages of a category give all of it and nothing else', async () => {
  const garden = (await allPages({ pageSize: 200, category: 'garden' })).flat();
  const expected = Array.from({ length: productCount }, (_, index) => product(index + 1));
  expect(garden.map(({ productId }) => productId)).toEqual(
    expected.filter(({ category }) => category === 'garden').map(({ productId }) => productId),
  );
  expect(await client.listProducts({ category: "garden' or ''='" })).toEqual({
    products: [],
    nextPageToken: '',
  });
});

test('a page takes one call to pricing, whatever its size', async () => {
  for (let id = 1; id <= 200; id++) pricing.prices.set(`${id} USD`, BigInt(id));
  const { products } = await client.listProducts({ pageSize: 200, currency: 'USD', userId: 3n });
  expect(products.map(({ price }) => price?.minorUnits)).toEqual(
    Array.from({ length: 200 }, (_, i) => BigInt(i + 1)),
  );
  expect(pricing.batches.map((batch) => batch.length)).toEqual([200]);
  expect(pricing.batches[0]?.[0]).toMatchObject({ currency: 'USD', customerSegment: 'wholesale' });
});

test.each([
  [0, 50],
  [1, 1],
  [200, 200],
  [201, 200],
  [2 ** 31 - 1, 200],
])('page_size %i gives %i products', async (pageSize, count) => {
  expect((await client.listProducts({ pageSize })).products).toHaveLength(count);
});

test.each([
  ['page_size', { pageSize: -1 }],
  ['page_token', { pageToken: 'x' }],
  ['page_token', { pageToken: Buffer.from('[1,"99999999999999999999",""]').toString('base64url') }],
  ['page_token', { pageToken: 'x'.repeat(2_000) }],
  ['category', { category: 'c'.repeat(101) }],
  ['category', { category: 'kit\0chen' }],
  ['user_id', { userId: -1n }],
  ['currency', { currency: 'usd' }],
])('ListProducts refuses a bad %s', async (field, request) => {
  await expect(client.listProducts(request)).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
    message: expect.stringContaining(field),
  });
});

test('a page token of one category is refused for another', async () => {
  const { nextPageToken } = await client.listProducts({ category: 'garden', pageSize: 1 });
  await expect(client.listProducts({ category: 'books', pageToken: nextPageToken })).rejects.toMatchObject({
    code: Code.INVALID_ARGUMENT,
  });
});

test('GetStock gives all warehouses in order, or the one that is named', async () => {
  const { stock } = product(7);
  const all = Object.entries(stock).map(([warehouseId, available]) => ({ warehouseId, available }));
  expect(await client.getStock({ productId: 7n })).toEqual({ stock: all });
  expect(await client.getStock({ productId: 7n, warehouseId: 'in-maa-1' })).toEqual({ stock: [all[4]] });
});

test('a warehouse that never had a product has 0 of it', async () => {
  await db.query("insert into warehouses values ('in-amd-1', 'Ahmedabad')");
  const { stock } = await client.getStock({ productId: 7n });
  expect(stock[0]).toEqual({ warehouseId: 'in-amd-1', available: 0 });
  await db.query("delete from warehouses where warehouse_id = 'in-amd-1'");
});

test('GetStock: an unknown warehouse is NOT_FOUND, an impossible one INVALID_ARGUMENT', async () => {
  for (const warehouseId of ['in-xxx-1', "' or 1=1", '__proto__']) {
    await expect(client.getStock({ productId: 7n, warehouseId })).rejects.toMatchObject({
      code: Code.NOT_FOUND,
    });
  }
  for (const warehouseId of ['w'.repeat(101), 'in-bom-1\0']) {
    await expect(client.getStock({ productId: 7n, warehouseId })).rejects.toMatchObject({
      code: Code.INVALID_ARGUMENT,
      message: expect.stringContaining('warehouse_id'),
    });
  }
});
