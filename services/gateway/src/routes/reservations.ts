import type { Reservation as ReservationMessage } from '@hotpath/contracts';
import { ReservationState } from '@hotpath/contracts';
import { z } from 'zod';
import { route } from '../route.ts';
import { idempotencyKey, uuid } from '../schemas/fields.ts';
import { Reservation, ReservationRequest } from '../schemas/reservation.ts';
import { requestIdOf, type Services } from '../services.ts';
import { timeOfMs } from '../views.ts';

const headers = z.object({ 'idempotency-key': idempotencyKey });
const params = z.object({ id: uuid.describe('The reservation.') });

/** Reservations. They belong to their session's user; another's is not found. */
export const reservationRoutes = ({ inventory }: Services) => [
  route({
    method: 'post',
    path: '/api/reservations',
    tag: 'reservations',
    summary: 'Hold pieces of a product',
    access: 'user',
    headers,
    body: ReservationRequest,
    answer: { status: 201, description: 'The reservation, held.', schema: Reservation },
    problems: [404, 409],
    async handler({ headers, body, session }) {
      const { reservation } = await inventory.reserveStock({
        ...body,
        requestId: requestIdOf(session, headers['idempotency-key']),
        userId: session.userId,
      });
      return view(reservation);
    },
  }),

  route({
    method: 'post',
    path: '/api/reservations/{id}:confirm',
    tag: 'reservations',
    summary: 'Make a reservation final',
    access: 'user',
    headers,
    params,
    answer: { status: 200, description: 'The reservation, confirmed.', schema: Reservation },
    problems: [404, 409],
    async handler({ headers, params, session }) {
      const { reservation } = await inventory.confirmReservation({
        requestId: requestIdOf(session, headers['idempotency-key']),
        reservationId: params.id,
        userId: session.userId,
      });
      return view(reservation);
    },
  }),

  route({
    method: 'delete',
    path: '/api/reservations/{id}',
    tag: 'reservations',
    summary: "Give a reservation's pieces back",
    access: 'user',
    headers,
    params,
    answer: { status: 200, description: 'The reservation, released.', schema: Reservation },
    problems: [404, 409],
    async handler({ headers, params, session }) {
      const { reservation } = await inventory.releaseReservation({
        requestId: requestIdOf(session, headers['idempotency-key']),
        reservationId: params.id,
        userId: session.userId,
      });
      return view(reservation);
    },
  }),
];

const states = {
  [ReservationState.HELD]: 'held',
  [ReservationState.CONFIRMED]: 'confirmed',
  [ReservationState.RELEASED]: 'released',
  [ReservationState.EXPIRED]: 'expired',
} as const;

function view(reservation: ReservationMessage | undefined): z.output<typeof Reservation> {
  const { productId, reservationId, warehouseId, quantity, state, expiresAtMs } =
    reservation as ReservationMessage;
  return {
    reservationId,
    productId: String(productId),
    warehouseId,
    quantity,
    state: states[state as keyof typeof states],
    expiresAt: timeOfMs(expiresAtMs),
  };
}
