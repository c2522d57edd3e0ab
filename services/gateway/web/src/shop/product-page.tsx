import { useComputed, useSignal } from '@preact/signals';
import type { Product } from '../../../src/schemas/product.ts';
import { query, request } from '../ui/api.ts';
import { createDoing, useAsked } from '../ui/ask.ts';
import { money } from '../ui/format.ts';
import { Button, Failure, Loading, NumberField, Problem, Table } from '../ui/parts.tsx';
import { Link } from '../ui/router.tsx';
import { addToCart } from './cart.ts';
import { Picture } from './picture.tsx';
import { Price } from './price.tsx';
import { changesOf, learn, priceOf, useLivePrices, wordsOf } from './prices.ts';
import { piecesOf } from './product-card.tsx';
import { StartSale } from './sale-dialog.tsx';
import { endSale, started } from './sales.ts';
import { account, currency } from './session.ts';

/** One product: its price live, its stock by warehouse. */
export function ProductPage({ productId }: { readonly productId: string }) {
  const [state, again] = useAsked(async (signal) => {
    account.value;
    const path = `/api/products/${productId}?${query({ currency: currency.value })}`;
    const product = await request<Product>('GET', path, { signal });
    learn([product]);
    return product;
  });
  const followed = useComputed(() => (typeof state.value.answer?.price === 'number' ? [productId] : []));
  useLivePrices(
    () => followed.value,
    () => state.value.answer?.name ?? `product ${productId}`,
  );
  const { answer: product, error } = state.value;
  if (error) return <Failure title="This product cannot be shown" error={error} onRetry={again} />;
  if (!product) return <Loading what="Asking for the product" />;
  return (
    <>
      <p class="back">
        <Link to="/">All products</Link>
      </p>
      <article class="product" data-product={productId}>
        <Picture productId={productId} category={product.category} />
        <div class="product-text">
          <p class="category">{product.category}</p>
          <h1>{product.name}</h1>
          <p class="description">{product.description}</p>
          <Price productId={productId} />
          <Buy product={product} />
          {account.value?.role === 'merchant' && <MerchantTools productId={productId} name={product.name} />}
          <Stock product={product} />
          <Changes productId={productId} />
        </div>
      </article>
    </>
  );
}

function Buy({ product }: { readonly product: Product }) {
  const quantity = useSignal(1);
  const added = useSignal(0);
  const pieces = piecesOf(product);
  const submit = (event: Event) => {
    event.preventDefault();
    addToCart(product, quantity.value);
    added.value += quantity.value;
  };
  if (pieces === 0) return <p class="note">Out of stock in all warehouses.</p>;
  return (
    <form class="buy" onSubmit={submit}>
      <NumberField label="Pieces" value={quantity} min={1} max={999} />
      <Button kind="primary" type="submit" disabled={product.price === null}>
        Add to cart
      </Button>
      <span class="quiet" role="status">
        {added.value > 0 && `${added} added`}
      </span>
    </form>
  );
}

function MerchantTools({ productId, name }: { readonly productId: string; readonly name: string }) {
  const doing = useSignal(createDoing()).value;
  return (
    <div class="merchant">
      <StartSale productIds={[productId]} what={name} />
      {priceOf(productId).value?.onSale && started.value[productId] && (
        <Button disabled={doing.busy.value} onClick={() => void doing.run(() => endSale(productId))}>
          End the sale now
        </Button>
      )}
      <Problem error={doing.error.value} />
    </div>
  );
}

function Stock({ product }: { readonly product: Product }) {
  return (
    <section>
      <h2>Stock</h2>
      <Table
        caption="Stock by warehouse"
        head={['Warehouse', 'Pieces']}
        numbers={[1]}
        rows={product.stock.map(({ warehouseId, available }) => [warehouseId, available.toLocaleString()])}
      />
    </section>
  );
}

function Changes({ productId }: { readonly productId: string }) {
  const changes = changesOf(productId).value;
  return (
    <section>
      <h2>Seen while this page was open</h2>
      {changes.length === 0 ? (
        <p class="quiet">No change of the price yet.</p>
      ) : (
        <ol class="changes">
          {changes.map(({ sequence, reason, price, currency, seenAt }) => (
            <li key={sequence} data-sequence={sequence}>
              <time>{new Date(seenAt).toLocaleTimeString()}</time>
              <span>{wordsOf(reason)}</span>
              <span class="number">{money(price, currency)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
