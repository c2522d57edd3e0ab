import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { countdown, money } from '../ui/format.ts';
import { msUntil } from '../ui/now.ts';
import { priceOf } from './prices.ts';

/** A product's price, as it is now. What comes and goes has its room, so that nothing moves when it does. */
export function Price({ productId }: { readonly productId: string }) {
  const price = priceOf(productId).value;
  const before = useRef(price);
  const turn = useRef({ count: 0, way: '' });
  if (price && before.current && isOther(before.current, price)) {
    const way = (price.price ?? 0) > (before.current.price ?? 0) ? 'up' : 'down';
    turn.current = { count: turn.current.count + 1, way };
  }
  before.current = price;
  if (!price) return <div class="pricing" aria-busy="true" />;
  const reduced = price.price !== null && price.originalPrice !== price.price;
  return (
    <div class="pricing">
      <p class="amounts">
        {/* Another key is another element, whose animation begins anew. */}
        <span key={turn.current.count} class={`amount ${turn.current.way}`}>
          <span class="visually-hidden">Price: </span>
          {money(price.price, price.currency)}
        </span>
        {reduced && (
          <s class="original">
            <span class="visually-hidden">instead of </span>
            {money(price.originalPrice, price.currency)}
          </s>
        )}
      </p>
      <p class="sale">{price.onSale && <Sale productId={productId} />}</p>
    </div>
  );
}

/** That a sale is on, by how much, and for how long. */
function Sale({ productId }: { readonly productId: string }) {
  const price = priceOf(productId);
  const left = useComputed(() => {
    const { saleEndsAt } = price.value ?? {};
    return saleEndsAt ? countdown(msUntil(saleEndsAt)) : '';
  });
  const { price: amount, originalPrice } = price.value ?? {};
  const percent = amount && originalPrice ? Math.round(100 - (100 * amount) / originalPrice) : 0;
  return (
    <>
      <span class="badge">{percent > 0 ? `−${percent}%` : 'Sale'}</span>
      <span class="ends">
        ends in <time role="timer">{left}</time>
      </span>
    </>
  );
}

type Amount = { readonly price: number | null; readonly currency: string };

const isOther = (a: Amount, b: Amount) => a.currency === b.currency && a.price !== b.price;
