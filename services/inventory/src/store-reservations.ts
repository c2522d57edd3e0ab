import { randomUUID } from 'node:crypto';
import { type Reservation, ReservationState } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';

/** A reservation as the database has it. */
export interface StoredReservation extends Omit<Reservation, 'expiresAtMs'> {
  expiresAt: Date;
}

const columns = `reservation_id as "reservationId", user_id as "userId", product_id as "productId",
  warehouse_id as "warehouseId", quantity, state, expires_at as "expiresAt"`;

/** A reservation in the contract's form. */
export function toReservation({ expiresAt, ...reservation }: StoredReservation): Reservation {
  return { ...reservation, expiresAtMs: BigInt(expiresAt.getTime()) };
}

/** Stores a new reservation, held. Its pieces are to be taken out of stock in the same transaction. */
export async function insertReservation(
  tx: Queryable,
  reservation: Omit<StoredReservation, 'reservationId' | 'state'>,
): Promise<StoredReservation> {
  const held: StoredReservation = {
    ...reservation,
    reservationId: randomUUID(),
    state: ReservationState.HELD,
  };
  await tx.query(
    `insert into reservations (reservation_id, user_id, product_id, warehouse_id, quantity, state, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      held.reservationId,
      held.userId,
      held.productId,
      held.warehouseId,
      held.quantity,
      held.state,
      held.expiresAt,
    ],
  );
  return held;
}

/** A user's reservation, locked until the transaction's end; undefined also where it is another user's. */
export async function lockReservation(
  tx: Queryable,
  reservationId: string,
  userId: bigint,
): Promise<StoredReservation | undefined> {
  const [reservation] = await tx.query<StoredReservation>(
    `select ${columns} from reservations where reservation_id = $1 and user_id = $2 for update`,
    [reservationId, userId],
  );
  return reservation;
}

/** Sets the state of a reservation that the transaction has locked. */
export async function setState(
  tx: Queryable,
  reservation: StoredReservation,
  state: ReservationState,
): Promise<StoredReservation> {
  await tx.query('update reservations set state = $2 where reservation_id = $1', [
    reservation.reservationId,
    state,
  ]);
  return { ...reservation, state };
}

/**
 * Sets held reservations that were due by `now` to expired, the oldest first, `limit` at most, and returns them.
 * Each is returned to one caller only, however many replicas ask; those that are being confirmed are passed over.
 */
export function expireReservations(tx: Queryable, now: Date, limit: number): Promise<StoredReservation[]> {
  return tx.query<StoredReservation>(
    `update reservations set state = ${ReservationState.EXPIRED} where reservation_id in (
       select reservation_id from reservations where state = ${ReservationState.HELD} and expires_at <= $1
       order by expires_at limit $2 for update skip locked
     ) returning ${columns}`,
    [now, limit],
  );
}

/** When the next held reservation expires. */
export async function nextExpiry(db: Queryable): Promise<Date | undefined> {
  const [next] = await db.query<{ at: Date | null }>(
    `select min(expires_at) as at from reservations where state = ${ReservationState.HELD}`,
  );
  return next?.at ?? undefined;
}
