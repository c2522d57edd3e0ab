import { useComputed, useSignal } from '@preact/signals';
import type { Product, ProductPage } from '../../../src/schemas/product.ts';
import { query, request } from '../ui/api.ts';
import { useAsked } from '../ui/ask.ts';
import { Button, Empty, Failure } from '../ui/parts.tsx';
import { go, place } from '../ui/router.tsx';
import { learn, useLivePrices } from './prices.ts';
import { ProductCard } from './product-card.tsx';
import { StartSale } from './sale-dialog.tsx';
import { account, currency } from './session.ts';

const pageSize = 24;
const nothing: readonly Product[] = [];

/** Categories that were seen, as there is no list of them. */
const seen = new Set<string>();

/** The list of products, page by page, of all or of one category. */
export function Catalogue() {
  const category = useComputed(() => place.value.searchParams.get('category') ?? '');
  /** Tokens of the pages up to the one shown. */
  const tokens = useSignal<readonly string[]>(['']);
  const [page, again] = useAsked(async (signal) => {
    account.value;
    const filter = {
      pageSize,
      category: category.value,
      currency: currency.value,
      pageToken: tokens.value.at(-1),
    };
    const answer = await request<ProductPage>('GET', `/api/products?${query(filter)}`, { signal });
    learn(answer.items);
    for (const item of answer.items) seen.add(item.category);
    return answer;
  });
  const products = useComputed(() => page.value.answer?.items ?? nothing);
  const followed = useComputed(() =>
    products.value.filter(({ price }) => price !== null).map(({ productId }) => productId),
  );
  useLivePrices(
    () => followed.value,
    (id) => products.value.find(({ productId }) => productId === id)?.name ?? `product ${id}`,
  );

  const choose = (name: string) => {
    tokens.value = [''];
    go(name ? `/?${query({ category: name })}` : '/', { replace: true });
  };
  const turn = (to: readonly string[]) => {
    tokens.value = to;
    scrollTo(0, 0);
  };
  const { answer, error, busy } = page.value;
  const next = answer?.nextPageToken;
  return (
    <>
      <div class="intro">
        <div>
          <h1>Prices that move while you look</h1>
          <p>Each one comes over gRPC, and a change reaches every open page at once.</p>
        </div>
        {account.value?.role === 'merchant' && followed.value.length > 0 && (
          <StartSale productIds={followed.value} what={`the ${followed.value.length} products shown`} />
        )}
      </div>
      <Categories chosen={category.value} onChoose={choose} />
      {error ? (
        <Failure error={error} onRetry={again} />
      ) : answer?.items.length === 0 ? (
        <Empty title="There are no products here">
          <Button onClick={() => choose('')}>Show all</Button>
        </Empty>
      ) : (
        <ul class="products" aria-busy={busy} aria-label="Products">
          {answer
            ? answer.items.map((product) => <ProductCard key={product.productId} product={product} />)
            : Array.from({ length: 8 }, (_, index) => <li key={index} class="card skeleton" />)}
        </ul>
      )}
      <nav class="pager" aria-label="Pages">
        <Button disabled={tokens.value.length === 1} onClick={() => turn(tokens.value.slice(0, -1))}>
          Previous
        </Button>
        <span aria-live="polite">Page {tokens.value.length}</span>
        <Button disabled={!next} onClick={() => next && turn([...tokens.value, next])}>
          Next
        </Button>
      </nav>
    </>
  );
}

function Categories(props: { readonly chosen: string; readonly onChoose: (name: string) => void }) {
  const names = [...new Set([...seen, ...(props.chosen ? [props.chosen] : [])])].sort();
  return (
    <fieldset class="categories">
      <legend class="visually-hidden">Category</legend>
      {['', ...names].map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-pressed={props.chosen === name}
          onClick={() => props.onChoose(name)}
        >
          {name || 'All'}
        </button>
      ))}
    </fieldset>
  );
}
