import { InventoryService, ReservationState } from '@hotpath/contracts';
import type { Database } from '@hotpath/database';
import { checkId, checkUuid, failedPrecondition, type Handlers, writeOnce } from '@hotpath/rpc';
import { noReservation } from '../checks.ts';
import { lockReservation, setState, toReservation } from '../store-reservations.ts';

/** Makes a held reservation final; one that is final already is no error. */
export function confirmReservation(db: Database): Handlers<typeof InventoryService>['confirmReservation'] {
  return async (request, call) => {
    const userId = checkId('user_id', request.userId);
    const reservationId = checkUuid('reservation_id', request.reservationId);
    const write = { method: InventoryService.methods.confirmReservation, caller: `user ${userId}`, request };
    return writeOnce(db, write, call, async (tx) => {
      const reservation = await lockReservation(tx, reservationId, userId);
      if (!reservation) throw noReservation(reservationId);
      const { state, expiresAt } = reservation;
      if (state === ReservationState.CONFIRMED) return { reservation: toReservation(reservation) };
      if (state === ReservationState.RELEASED) {
        throw failedPrecondition(`reservation ${reservationId} was released; reserve again`);
      }
      // Its time may be over a moment before the alarm sets it to expired.
      if (state === ReservationState.EXPIRED || expiresAt <= new Date()) {
        throw failedPrecondition(`reservation ${reservationId} has expired; reserve again`);
      }
      const confirmed = await setState(tx, reservation, ReservationState.CONFIRMED);
      return { reservation: toReservation(confirmed) };
    });
  };
}
