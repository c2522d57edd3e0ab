import { createAlarm, type Database } from '@hotpath/database';
import { findNextDue, settleSales } from './store-sales.ts';

/**
 * Tells the feed of the sales that start and end by time, when the time comes and not before. It sleeps until
 * then; a sale stored by any replica wakes it. Any number of replicas may run one. `onError` is told when the
 * database fails; it is tried again.
 */
export async function openSaleAlarm(
  db: Database,
  onError: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  const alarm = createAlarm({
    next: () => findNextDue(db),
    ring: () => db.transaction((tx) => settleSales(tx)),
    onError,
  });
  const unlisten = await db.listen('sales', alarm.reschedule);
  // For a sale that was stored after the alarm looked and before it listened.
  alarm.reschedule();
  return {
    async close() {
      await unlisten();
      await alarm.close();
    },
  };
}
