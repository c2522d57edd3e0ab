import { checkText, notFound } from '@hotpath/rpc';

/** Checks a `warehouse_id`: at most 100 characters; empty where the contract lets it mean "any". */
export function checkWarehouseId(id: string): string {
  return checkText('warehouse_id', id, 0, 100);
}

/** NOT_FOUND for a product. */
export const noProduct = (productId: bigint) => notFound(`there is no product ${productId}`);

/** NOT_FOUND for a warehouse. */
export const noWarehouse = (warehouseId: string) =>
  notFound(`there is no warehouse ${JSON.stringify(warehouseId)}`);

/** NOT_FOUND for a reservation, also for another user's. */
export const noReservation = (reservationId: string) => notFound(`there is no reservation ${reservationId}`);
