import { type Database, startTrimming } from '@hotpath/database';
import type { Logger } from '@hotpath/telemetry';
import { z } from 'zod';
import { parseSettings } from './settings.ts';

const hours = z.coerce.number().positive().max(87_600).default(168);
const hourMs = 3_600_000;

/** What a process's context gives the trimming. */
type Context = {
  readonly log: Logger;
  onClose(close: () => Promise<void> | void): void;
};

/**
 * Deletes from the process's database, for as long as it runs, the changes in its feeds that are older than
 * EVENTS_KEPT_HOURS and the answers to repeated writes that are older than ANSWERS_KEPT_HOURS.
 */
export function trimDatabase({ log, onClose }: Context, db: Database, feeds: readonly string[]): void {
  const settings = parseSettings({ EVENTS_KEPT_HOURS: hours, ANSWERS_KEPT_HOURS: hours });
  const kept = {
    eventsKeptMs: settings.EVENTS_KEPT_HOURS * hourMs,
    answersKeptMs: settings.ANSWERS_KEPT_HOURS * hourMs,
  };
  const trimming = startTrimming(db, { feeds, ...kept }, (err) => log.error({ err }, 'could not trim'));
  onClose(() => trimming.close());
}
