import { createAlarm, type Database } from '@hotpath/database';
import { expireReservations, nextExpiry } from './store-reservations.ts';
import { announceStock, changeStock, lockStock } from './store-stock.ts';

const perTransaction = 500;

/**
 * Gives the pieces of held reservations back when their time is over, until it is closed. Every replica runs it and
 * each reservation expires once, so any one of them is enough.
 */
export async function openExpiry(
  db: Database,
  onError: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  const alarm = createAlarm({ next: () => nextExpiry(db), ring: (now) => expire(db, now), onError });
  // Each reservation writes a stock event, so this also wakes for those that other replicas made.
  const unlisten = await db.listen('stock_events', alarm.reschedule);
  // For a reservation that was made after the alarm looked and before it listened.
  alarm.reschedule();
  return {
    async close() {
      await unlisten();
      await alarm.close();
    },
  };
}

async function expire(db: Database, now: Date): Promise<void> {
  for (;;) {
    const expired = await db.transaction(async (tx) => {
      const reservations = await expireReservations(tx, now, perTransaction);
      await lockStock(
        tx,
        reservations.map(({ productId }) => productId),
      );
      await announceStock(tx, await changeStock(tx, reservations));
      return reservations.length;
    });
    if (expired < perTransaction) return;
  }
}
