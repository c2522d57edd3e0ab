import type { Reservation } from '../../../src/schemas/reservation.ts';
import { ProblemError, request } from '../ui/api.ts';
import { newKey } from '../ui/key.ts';
import { stored } from '../ui/stored.ts';
import { type CartLine, lines, setQuantity } from './cart.ts';

/** Pieces that were asked for, and what has become of them. */
export type Held = Pick<CartLine, 'productId' | 'name' | 'quantity'> & {
  /** The Idempotency-Key under which they were asked for: asking once more holds them once. */
  readonly key: string;
  /** undefined: no answer has come yet. */
  readonly reservation?: Reservation;
  /** Why not. */
  readonly problem?: string | undefined;
};

/** All of this browser, newest first. */
export const held = stored<readonly Held[]>('hotpath-reservations', []);

/** Holds all that is in the cart, and takes out of it what is held. */
export async function reserveCart(): Promise<void> {
  const asked = lines.value.map(({ productId, name, quantity }) => ({
    key: newKey(),
    productId,
    name,
    quantity,
  }));
  // What was refused is asked for anew.
  held.value = [...asked, ...held.value.filter(({ reservation }) => reservation)];
  await Promise.all(asked.map(reserve));
}

/** Asks for pieces, for the first time or again. */
export async function reserve(one: Held): Promise<void> {
  const { key, productId, quantity } = one;
  await change(one, () => request('POST', '/api/reservations', { key, body: { productId, quantity } }));
  if (held.value.some((now) => now.key === key && now.reservation)) {
    const line = lines.value.find((line) => line.productId === productId);
    if (line) setQuantity({ ...line, quantity: line.quantity - quantity });
  }
}

/** Makes it final. */
export const confirm = (one: Held) =>
  change(one, () =>
    request('POST', `/api/reservations/${one.reservation?.reservationId}:confirm`, {
      key: `${one.key}-confirm`,
    }),
  );

/** Gives the pieces back. */
export const release = (one: Held) =>
  change(one, () =>
    request('DELETE', `/api/reservations/${one.reservation?.reservationId}`, { key: `${one.key}-release` }),
  );

/** Shows it no more. */
export function forget({ key }: Held): void {
  held.value = held.value.filter((one) => one.key !== key);
}

async function change({ key }: Held, ask: () => Promise<Reservation>): Promise<void> {
  const put = (changes: Partial<Held>) => {
    held.value = held.value.map((one) =>
      one.key === key ? { ...one, problem: undefined, ...changes } : one,
    );
  };
  try {
    put({ reservation: await ask() });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    put({ problem: error.message });
  }
}
