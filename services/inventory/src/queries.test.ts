import type { InventoryService } from '@hotpath/contracts';
import { testQueries } from '@hotpath/testing/vitest';
import { expireReservations } from './store-reservations.ts';
import { openTestDatabase, startInventory } from './testing.ts';

testQueries({
  open: openTestDatabase,

  // 100,000 products in two warehouses of eight; 20,000 reservations, changes and answers.
  contents: `
    insert into warehouses (warehouse_id, name) select 'town-' || n, 'Town ' || n from generate_series(1, 8) n;
    insert into products (product_id, name, description, category)
      select id, 'Product ' || id, repeat('It is good. ', 5), 'category ' || id % 20 from generate_series(1, 100000) id;
    insert into stock (product_id, warehouse_id, available)
      select product_id, warehouse_id, 1000 from products, warehouses where warehouse_id < 'town-3';
    insert into reservations (reservation_id, user_id, product_id, warehouse_id, quantity, state, expires_at)
      select gen_random_uuid(), id, id, 'town-1', 1, case when id % 100 = 0 then 1 else 2 end, now() + interval '1 day'
      from generate_series(1, 20000) id;
    insert into stock_events (product_id, warehouse_id, available)
      select id, 'town-1', 1000 from generate_series(1, 20000) id;
    insert into idempotency (caller, method, request_id, request_sha256, answer)
      select 'user 1', '/ecommerce.InventoryService/ReserveStock', id, '', '' from generate_series(1, 20000) id`,

  small: { warehouses: 'one for each town', feed_trims: 'one row' },

  async serve(db) {
    const { client, pricing } = await startInventory(db);
    pricing.prices.set('70 INR', 7000n);
    const owner = () => ({ requestId: crypto.randomUUID(), userId: 1n });
    const reserve = async (warehouseId = '') => {
      const answer = await client.reserveStock({ ...owner(), productId: 70n, quantity: 1, warehouseId });
      return { ...owner(), reservationId: answer.reservation?.reservationId ?? '' };
    };
    return {
      getProduct: () => client.getProduct({ productId: 70n }),
      async listProducts() {
        const { nextPageToken: pageToken } = await client.listProducts({ pageSize: 200 });
        await client.listProducts({ pageSize: 200, pageToken });
        await client.listProducts({ pageSize: 200, category: 'category 7' });
      },
      getStock: () => client.getStock({ productId: 70n, warehouseId: 'town-1' }),
      async watchProduct() {
        const watch = client.watchProduct({ productId: 70n })[Symbol.asyncIterator]();
        await watch.next();
        await reserve();
        await watch.next();
        await watch.return?.();
      },
      async reserveStock() {
        await reserve('town-1');
        await client
          .reserveStock({ ...owner(), productId: 70n, quantity: 999, warehouseId: 'town-7' })
          .catch(() => {});
      },
      confirmReservation: async () => client.confirmReservation(await reserve()),
      releaseReservation: async () => client.releaseReservation(await reserve()),
      importStock: () =>
        client.importStock(
          (async function* () {
            const lines = Array.from({ length: 1000 }, (_, i) => {
              return { line: BigInt(i), productId: BigInt(i * 97 + 1), warehouseId: 'town-1', available: 5 };
            });
            yield { requestId: crypto.randomUUID(), lines };
          })(),
        ),
      'the expiry of reservations': () => db.transaction((tx) => expireReservations(tx, new Date(), 500)),
    } satisfies Record<keyof typeof InventoryService.methods, unknown> &
      Record<string, () => Promise<unknown>>;
  },

  proof: { drop: 'alter table stock drop constraint stock_pkey cascade', rpc: 'getStock', table: 'stock' },
});
