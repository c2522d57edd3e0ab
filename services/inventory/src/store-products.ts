import type { WarehouseStock } from '@hotpath/contracts';
import type { Queryable, StatementOptions } from '@hotpath/database';

/** A product with its stock, all but its price. */
export interface StoredProduct {
  productId: bigint;
  name: string;
  description: string;
  category: string;
  /** One entry for each warehouse, in the order of their ids. */
  stock: WarehouseStock[];
}

/** The stock of product `p`: one entry for each warehouse, in the order of their ids, 0 where there is no row. */
export const stockOfProduct = `
  (select jsonb_agg(jsonb_build_object('warehouseId', w.warehouse_id, 'available', coalesce(s.available, 0))
                    order by w.warehouse_id)
   from warehouses w left join stock s on s.product_id = p.product_id and s.warehouse_id = w.warehouse_id)`;

const columns = `p.product_id as "productId", p.name, p.description, p.category, ${stockOfProduct} as stock`;

/** The product with that id. */
export async function findProduct(
  db: Queryable,
  productId: bigint,
  options?: StatementOptions,
): Promise<StoredProduct | undefined> {
  const [product] = await db.query<StoredProduct>(
    `select ${columns} from products p where p.product_id = $1`,
    [productId],
    options,
  );
  return product;
}

/** What a page of products is asked by. */
export interface PageRequest {
  /** Only products with a greater id; 0 for the first page. */
  readonly after: bigint;
  /** Only products of this category; empty: of all. */
  readonly category: string;
  readonly limit: number;
}

/** Products in the order of their ids. The key is the place in the list, so every page costs the same. */
export function listProducts(
  db: Queryable,
  { after, category, limit }: PageRequest,
  options?: StatementOptions,
): Promise<StoredProduct[]> {
  const inCategory = category === '' ? '' : 'and p.category = $3';
  return db.query<StoredProduct>(
    `select ${columns} from products p where p.product_id > $1 ${inCategory} order by p.product_id limit $2`,
    category === '' ? [after, limit] : [after, limit, category],
    options,
  );
}
