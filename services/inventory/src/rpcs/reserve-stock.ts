import { InventoryService, type ReserveStockRequest } from '@hotpath/contracts';
import type { Database, Queryable } from '@hotpath/database';
import {
  checkId,
  checkProductId,
  failedPrecondition,
  type Handlers,
  invalidArgument,
  writeOnce,
} from '@hotpath/rpc';
import { checkWarehouseId, noProduct, noWarehouse } from '../checks.ts';
import { insertReservation, toReservation } from '../store-reservations.ts';
import { announceStock, changeStock, lockStock, readStock } from '../store-stock.ts';

/** Takes pieces out of one warehouse's stock and holds them for a user, for `ttlSeconds`. */
export function reserveStock(
  db: Database,
  ttlSeconds: number,
): Handlers<typeof InventoryService>['reserveStock'] {
  return async (request, call) => {
    const userId = checkId('user_id', request.userId);
    const productId = checkProductId(request.productId);
    const quantity = checkQuantity(request.quantity);
    checkWarehouseId(request.warehouseId);
    const write = { method: InventoryService.methods.reserveStock, caller: `user ${userId}`, request };
    return writeOnce(db, write, call, async (tx) => {
      const warehouseId = await chooseWarehouse(tx, request);
      const levels = await changeStock(tx, [{ productId, warehouseId, quantity: -quantity }]);
      const expiresAt = new Date(Date.now() + ttlSeconds * 1000);
      const reservation = await insertReservation(tx, {
        userId,
        productId,
        warehouseId,
        quantity,
        expiresAt,
      });
      await announceStock(tx, levels);
      return { reservation: toReservation(reservation) };
    });
  };
}

function checkQuantity(quantity: number): number {
  if (quantity < 1 || quantity > 999) {
    throw invalidArgument('quantity', `must be from 1 to 999, not ${quantity}`);
  }
  return quantity;
}

/**
 * The warehouse to take the pieces from: the one that is named, or the one with most pieces. The stock stays locked,
 * so what was read is still there when it is taken.
 */
async function chooseWarehouse(
  tx: Queryable,
  { productId, quantity, warehouseId }: ReserveStockRequest,
): Promise<string> {
  const levels = await lockStock(tx, [productId]);
  const candidates = levels.filter((level) => warehouseId === '' || level.warehouseId === warehouseId);
  const [best] = candidates.sort((a, b) => b.available - a.available);
  if (best && best.available >= quantity) return best.warehouseId;

  const known = await readStock(tx, productId);
  if (!known) throw noProduct(productId);
  if (warehouseId !== '' && !known.stock.some((one) => one.warehouseId === warehouseId)) {
    throw noWarehouse(warehouseId);
  }
  const most = best?.available ?? 0;
  throw failedPrecondition(
    warehouseId === ''
      ? `no warehouse has ${quantity} of product ${productId}; the most in one is ${most}`
      : `warehouse ${warehouseId} has ${most} of product ${productId}, not ${quantity}`,
  );
}
