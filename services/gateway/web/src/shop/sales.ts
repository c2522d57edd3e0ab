import type { Sale } from '../../../src/schemas/sale.ts';
import { request } from '../ui/api.ts';
import { newKey } from '../ui/key.ts';
import { stored } from '../ui/stored.ts';

/** The sale that this browser's merchant has started last, by product: it can be ended before its time. */
export const started = stored<Readonly<Record<string, string>>>('hotpath-sales', {});

/** Takes `percentOff` off some products for some minutes. Throws ProblemError. */
export async function startSale(
  productIds: readonly string[],
  percentOff: number,
  minutes: number,
): Promise<void> {
  const endsAt = new Date(Date.now() + minutes * 60_000).toISOString();
  const { saleId } = await request<Sale>('POST', '/api/sales', {
    key: newKey(),
    body: { productIds, percentOff, endsAt },
  });
  started.value = { ...started.value, ...Object.fromEntries(productIds.map((id) => [id, saleId])) };
}

/** Ends the sale that was started last on a product, for all products in it. Throws ProblemError. */
export async function endSale(productId: string): Promise<void> {
  const saleId = started.value[productId];
  await request('DELETE', `/api/sales/${saleId}`, { key: newKey() });
  started.value = Object.fromEntries(Object.entries(started.value).filter(([, id]) => id !== saleId));
}
