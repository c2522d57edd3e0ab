import { signal, useSignalEffect } from '@preact/signals';
import type { OpenStreams } from '../../../src/schemas/streams.ts';
import { request } from '../ui/api.ts';
import { connection } from './prices.ts';

const everyMs = 5_000;
const open = signal<number | undefined>(undefined);

/** How many follow prices at this gateway now. */
export function Streams() {
  useSignalEffect(() => {
    if (connection.value !== 'live') return;
    const left = new AbortController();
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      request<OpenStreams>('GET', '/api/streams', { signal: left.signal }).then(
        (answer) => {
          open.value = answer.open;
        },
        () => {}, // the connection mark tells of what is wrong
      );
    };
    look();
    const timer = setInterval(look, everyMs);
    return () => {
      clearInterval(timer);
      left.abort();
    };
  });
  return (
    <span class="streams">
      {open.value !== undefined && `${open} ${open.value === 1 ? 'stream' : 'streams'}`}
    </span>
  );
}
