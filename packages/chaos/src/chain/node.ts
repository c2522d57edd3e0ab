/** A process of the chain: serves Chain, and calls the next one where it has one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { implement, serve } from '@hotpath/rpc';
import { z } from 'zod';
import { Chain } from '../generated/index.ts';
import { chains, retries } from './chains.ts';
import { obeyRunner } from './control.ts';
import { leftOf, toHeaders } from './deadlines.ts';
import { createLedger } from './ledger.ts';
import { createPool } from './pool.ts';
import { createTicker } from './ticker.ts';

await serve({
  name: 'chain',
  port: 0,
  adminPort: 0,
  services: [Chain],
  retries: (process.env.CHAIN_RETRIES ?? 'never') !== 'never',
  settings: {
    /** Address of the next process; the last has none. */
    CHAIN_NEXT: z.string().min(1).optional(),
    CHAIN_RETRIES: z.enum(retries).default('never'),
    CHAIN_DEADLINES: z.enum(['left', 'instant']).default('left'),
    CHAIN_WORK_MS: z.coerce.number().min(0).max(60_000).default(0),
    /** How much work it does at once; unset: any. */
    CHAIN_POOL: z.coerce.number().int().min(1).optional(),
  },
  async open({ settings, connect }) {
    const { CHAIN_NEXT: address, CHAIN_DEADLINES: form, CHAIN_POOL: size } = settings;
    const next = address === undefined ? undefined : connect(chains[settings.CHAIN_RETRIES], address);
    const ledger = createLedger(settings.CHAIN_WORK_MS);
    const work = size
      ? createPool(size)
      : (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
    obeyRunner(ledger, Chain.methods.work.path);
    return [
      implement(Chain, {
        work({ id }, call) {
          const arrivedAt = performance.now();
          const left = leftOf(form, call);
          ledger.arrived(id, left);
          return ledger.during(async () => {
            await work(ledger.workMs, call.signal);
            if (next) {
              const now = form === 'left' ? call.remaining() : left - (performance.now() - arrivedAt);
              ledger.sent(id, now);
              await next.work({ id }, { metadata: toHeaders(form, now) });
            }
            return { id };
          });
        },
        watch: createTicker(),
      }),
    ];
  },
});
