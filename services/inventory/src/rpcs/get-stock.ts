import type { InventoryService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkProductId, type Handlers } from '@hotpath/rpc';
import { checkWarehouseId, noProduct, noWarehouse } from '../checks.ts';
import { readStock } from '../store-stock.ts';

/** The stock of one product, in one warehouse or in all. NOT_FOUND for an unknown product or warehouse. */
export function getStock(db: Queryable): Handlers<typeof InventoryService>['getStock'] {
  return async (request, call) => {
    const productId = checkProductId(request.productId);
    const warehouseId = checkWarehouseId(request.warehouseId);
    const found = await readStock(db, productId, call);
    if (!found) throw noProduct(productId);
    if (warehouseId === '') return { stock: found.stock };
    const stock = found.stock.filter((one) => one.warehouseId === warehouseId);
    if (stock.length === 0) throw noWarehouse(warehouseId);
    return { stock };
  };
}
