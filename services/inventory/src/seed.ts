import type { Database } from '@hotpath/database';
import { catalogue, warehouses } from '@hotpath/demo';

/** Stores the demo catalogue and its stock where there are no products at all. Returns how many it stored. */
export async function seed(db: Database): Promise<number> {
  const [any] = await db.query('select from products limit 1');
  if (any) return 0;
  const products = catalogue();
  const stock = products.flatMap(({ productId, stock }) =>
    Object.entries(stock).map(([warehouseId, available]) => ({ productId, warehouseId, available })),
  );
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into warehouses (warehouse_id, name) select * from unnest($1::text[], $2::text[])
       on conflict do nothing`,
      [warehouses.map(({ warehouseId }) => warehouseId), warehouses.map(({ name }) => name)],
    );
    await tx.query(
      `insert into products (product_id, name, description, category)
       select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) on conflict do nothing`,
      [
        products.map(({ productId }) => productId),
        products.map(({ name }) => name),
        products.map(({ description }) => description),
        products.map(({ category }) => category),
      ],
    );
    await tx.query(
      `insert into stock (product_id, warehouse_id, available)
       select * from unnest($1::bigint[], $2::text[], $3::int[]) on conflict do nothing`,
      [
        stock.map(({ productId }) => productId),
        stock.map(({ warehouseId }) => warehouseId),
        stock.map(({ available }) => available),
      ],
    );
  });
  // The planner is to know how much there is now: an embedded database has nobody else to tell it.
  await db.query('analyze products, stock');
  return products.length;
}
