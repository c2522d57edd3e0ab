import type { Call } from '@hotpath/rpc';
import { Metadata } from '@hotpath/rpc';

const HEADER = 'x-deadline-unix-ms';

/** How a deadline travels down the chain: as the time that is left, or as a point in time by the caller's clock. */
export type DeadlineForm = 'left' | 'instant';

/** What a caller sends along with its call. */
export function toHeaders(form: DeadlineForm, leftMs: number): Metadata | undefined {
  if (form === 'left') return undefined;
  const metadata = new Metadata();
  metadata.set(HEADER, String(Date.now() + leftMs));
  return metadata;
}

/** The time that a call which arrives has left, ms. */
export function leftOf(form: DeadlineForm, call: Call): number {
  const [instant] = form === 'left' ? [] : call.metadata.get(HEADER);
  return instant === undefined ? call.remaining() : Number(instant) - Date.now();
}
