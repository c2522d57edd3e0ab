import type { PricingService } from '@hotpath/contracts';
import { trackPriceCache } from '@hotpath/telemetry';
import { z } from 'zod';
import type { Client } from '../client.ts';
import type { ProcessContext } from '../process.ts';
import { parseSettings } from '../settings.ts';
import { openPriceCache } from './price-cache.ts';

/**
 * The same client with the process's cache before it, where PRICE_CACHE_SIZE is more than 0; it closes with the process.
 * See {@link openPriceCache}.
 */
export function cachePrices(
  { name, log, onClose }: Pick<ProcessContext<never>, 'name' | 'log' | 'onClose'>,
  pricing: Client<typeof PricingService>,
): Client<typeof PricingService> {
  const settings = parseSettings({
    PRICE_CACHE_SIZE: z.coerce.number().int().min(0).max(10_000_000).default(0),
    PRICE_CACHE_AGE_SECONDS: z.coerce.number().positive().max(86_400).default(60),
    PRICE_CACHE_STALE_MS: z.coerce.number().int().min(100).max(60_000).default(1_000),
  });
  if (settings.PRICE_CACHE_SIZE === 0) return pricing;
  const cache = openPriceCache(pricing, {
    size: settings.PRICE_CACHE_SIZE,
    ageMs: settings.PRICE_CACHE_AGE_SECONDS * 1000,
    mostStaleMs: settings.PRICE_CACHE_STALE_MS,
    path: `${name}: prices`,
    onError: (err) => log.warn({ err }, 'prices are not cached: their changes cannot be followed'),
  });
  trackPriceCache(cache.state);
  onClose(() => cache.close());
  return cache.pricing;
}
