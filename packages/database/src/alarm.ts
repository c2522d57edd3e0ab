import { createWorker } from './worker.ts';

/** The clock is looked at this often while an alarm is set, so that one that was put forward is noticed. */
const clockCheckMs = 60_000;
/** How long to wait when a ring left due what it was to settle, as where the database's clock is behind. */
const stuckMs = 100;

export interface AlarmOptions {
  /** The next instant at which something is due, past ones included; undefined: nothing is. */
  readonly next: () => Promise<Date | undefined>;
  /** Settles all that is due at or before `now`. It may be called again for the same instant. */
  readonly ring: (now: Date) => Promise<void>;
  /** Told when either fails; it is tried again after 100 ms, 200 ms and so on up to 30 s. */
  readonly onError: (error: unknown) => void;
}

export interface Alarm {
  /** Asks for the next instant again: call it when something may be due earlier than it was. */
  reschedule(): void;
  /** Stops the alarm; a ring that has begun is waited for. */
  close(): Promise<void>;
}

/**
 * Calls back when the next thing is due, and asks for nothing meanwhile. What fell due while nobody was there
 * is settled at once. However far ahead the instant lies: a timer of Node counts 2^31 ms at most and by a clock
 * that stands still while a machine sleeps, so the wall clock decides, looked at every minute.
 */
export function createAlarm({ next, ring, onError }: AlarmOptions): Alarm {
  let due: Date | undefined;

  const worker = createWorker(async (woken) => {
    if (woken) due = await next();
    if (due === undefined) return undefined;
    const now = new Date();
    if (due > now) return Math.min(due.getTime() - now.getTime(), clockCheckMs);
    await ring(now);
    const following = await next();
    const isStuck = following !== undefined && following <= due;
    due = following;
    return isStuck ? stuckMs : 0;
  }, onError);

  return { reschedule: worker.wake, close: worker.close };
}
