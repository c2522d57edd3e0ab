import { z } from 'zod';

const ms = z.number().min(0).max(600_000);

/** How long a call is held back, ms: always as long, or drawn for each call. */
export const delaySchema = z.union([
  ms,
  /** From the first to the second, all equally likely. */
  z.strictObject({ uniform: z.tuple([ms, ms]) }),
  /** Around the first, with the second as its standard deviation; never below 0. */
  z.strictObject({ normal: z.tuple([ms, ms]) }),
  /** This long on average, and now and then many times longer, as queues are. */
  z.strictObject({ exponential: ms }),
]);

/** How long a call is held back, ms: a fixed time, or a distribution. */
export type Delay = z.infer<typeof delaySchema>;

/** Draws one delay, ms. */
export function drawDelay(delay: Delay): number {
  if (typeof delay === 'number') return delay;
  if ('uniform' in delay) {
    const [from, to] = delay.uniform;
    return from + Math.random() * (to - from);
  }
  if ('exponential' in delay) return -delay.exponential * Math.log(1 - Math.random());
  const [mean, deviation] = delay.normal;
  // Box-Muller: https://doi.org/10.1214/aoms/1177706645
  const standard = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Math.max(0, mean + deviation * standard);
}
