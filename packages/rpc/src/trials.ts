import { z } from 'zod';
import { StartError } from './start-error.ts';

/** What can be left out of a process, to show that something depends on it. */
const defences = [
  'deadlines',
  'shedding',
  'slow-readers',
  'push-back',
  'statements',
  'database-health',
  'balancing',
  'keepalive',
  'retries',
  'retry-throttling',
  'certificate-reload',
] as const;

/** A defence of the kit that a trial can do without. */
export type Defence = (typeof defences)[number];

/** Switches for trials, by environment variable; production refuses them. */
export const trialSettings = {
  /** Whether callers may ask for faults (faults.ts). */
  FAULTS: z.stringbool().default(false),
  /** Names of defences, with commas between. */
  WITHOUT_DEFENCES: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(defences)))
    .default([]),
} as const;

/** @throws StartError where production is told to be on trial. */
export function refuseTrials(settings: z.infer<z.ZodObject<typeof trialSettings>>): void {
  if (process.env.NODE_ENV !== 'production') return;
  if (settings.FAULTS)
    throw new StartError('FAULTS is set and NODE_ENV is production: take one of them away');
  if (settings.WITHOUT_DEFENCES.length > 0) {
    throw new StartError('WITHOUT_DEFENCES is set and NODE_ENV is production: take one of them away');
  }
}

// Read once: no call pays for the question, and what refuses to start in production cannot work there either.
const { FAULTS, WITHOUT_DEFENCES } = process.env.NODE_ENV === 'production' ? {} : process.env;
const without = new Set(WITHOUT_DEFENCES?.split(','));

/** Whether callers may ask for faults. */
export const faultsOn = trialSettings.FAULTS.safeParse(FAULTS || undefined).data ?? false;

/** Whether a defence stands, as it always does outside of trials. */
export const defended = (defence: Defence): boolean => !without.has(defence);
