import { type Signal, signal, useSignalEffect } from '@preact/signals';
import type { PriceEvent } from '../../../src/schemas/price.ts';
import { announce } from '../ui/announce.tsx';
import { query } from '../ui/api.ts';
import { money } from '../ui/format.ts';
import { type Connection, followEvents } from '../ui/live.ts';
import { account, currency } from './session.ts';

/** A price as it is shown. */
export type Shown = Omit<PriceEvent, 'reason' | 'sequence'>;

/** A change of a price that came while the page was open. */
export type Change = PriceEvent & { readonly seenAt: number };

/** How the stream of prices stands. */
export const connection = signal<Connection>('connecting');

const prices = new Map<string, Signal<Shown | undefined>>();
const history = new Map<string, Signal<readonly Change[]>>();
const mostChanges = 12;

/** A product's price, live while it is followed. */
export const priceOf = (productId: string) => keep(prices, productId, undefined);

/** The changes of a product's price that were seen, newest first. */
export const changesOf = (productId: string) => keep<readonly Change[]>(history, productId, []);

/** Takes in prices that came with something else, such as a page of products. */
export function learn(shown: readonly Shown[]): void {
  for (const price of shown) priceOf(price.productId).value = price;
}

/** Follows the prices of these products for as long as the component is shown, in the chosen currency, as its reader. */
export function useLivePrices(
  productIds: () => readonly string[],
  nameOf: (productId: string) => string,
): void {
  useSignalEffect(() => {
    account.value;
    const ids = productIds();
    if (ids.length === 0) return;
    const path = `/api/prices/stream?${query({ productIds: ids.join(','), currency: currency.value })}`;
    const stream = followEvents(path, ['price'], {
      onState(state) {
        connection.value = state;
      },
      onEvent(_, data) {
        const event = JSON.parse(data) as PriceEvent;
        take(event, nameOf(event.productId));
      },
    });
    return stream.close;
  });
}

function take(event: PriceEvent, name: string): void {
  priceOf(event.productId).value = event;
  if (event.reason === 'snapshot') return;
  const changes = changesOf(event.productId);
  changes.value = [{ ...event, seenAt: Date.now() }, ...changes.value].slice(0, mostChanges);
  announce(`${name}: ${wordsOf(event.reason)}, now ${money(event.price, event.currency)}`);
}

/** Why a price has changed, in words. */
export function wordsOf(reason: string): string {
  return reason === 'resync' ? 'some changes were missed' : reason.replace('_', ' ');
}

function keep<T>(all: Map<string, Signal<T>>, productId: string, initial: T): Signal<T> {
  const kept = all.get(productId) ?? signal(initial);
  all.set(productId, kept);
  return kept;
}
