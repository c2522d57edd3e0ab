import { InventoryService, ReservationState } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkId, checkUuid, failedPrecondition, type Handlers, writeOnce } from '@hotpath/rpc';
import { noReservation } from '../checks.ts';
import { lockReservation, setState, toReservation } from '../store-reservations.ts';
import { announceStock, changeStock } from '../store-stock.ts';

/** Gives a held reservation's pieces back; one whose pieces went back already is no error. */
export function releaseReservation(db: Database): Handlers<typeof InventoryService>['releaseReservation'] {
  return async (request, call) => {
    const userId = checkId('user_id', request.userId);
    const reservationId = checkUuid('reservation_id', request.reservationId);
    const write = { method: InventoryService.methods.releaseReservation, caller: `user ${userId}`, request };
    return writeOnce(db, write, call, async (tx) => {
      const reservation = await lockReservation(tx, reservationId, userId);
      if (!reservation) throw noReservation(reservationId);
      if (reservation.state === ReservationState.CONFIRMED) {
        throw failedPrecondition(`reservation ${reservationId} is confirmed and cannot be released`);
      }
      if (reservation.state !== ReservationState.HELD) return { reservation: toReservation(reservation) };
      const released = await setState(tx, reservation, ReservationState.RELEASED);
      await announceStock(tx, await changeStock(tx, [released]));
      return { reservation: toReservation(released) };
    });
  };
}
