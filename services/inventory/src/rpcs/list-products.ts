import type { InventoryService } from '@hotpath/contracts';
import type { Queryable } from '@hotpath/database';
import { checkCurrency, checkId, checkText, type Handlers, invalidArgument } from '@hotpath/rpc';
import { fromPageToken, toPageToken } from '../page-token.ts';
import { type Clients, noPrice, pricesOf, segmentOf } from '../prices.ts';
import { listProducts as readProducts } from '../store-products.ts';

const defaultPageSize = 50;
const maxPageSize = 200;

/** A page of products: its own database in parallel with user, then one call to pricing for all of the page. */
export function listProducts(
  db: Queryable,
  clients: Clients,
): Handlers<typeof InventoryService>['listProducts'] {
  return async (request, call) => {
    const pageSize = checkPageSize(request.pageSize);
    const category = checkText('category', request.category, 0, 100);
    const { after } = fromPageToken(checkText('page_token', request.pageToken, 0, 1000), category);
    const userId = checkId('user_id', request.userId, 0n);
    const currency = checkCurrency(request.currency);

    const [found, segment] = await Promise.all([
      // One more than is wanted tells whether there is a next page.
      readProducts(db, { after, category, limit: pageSize + 1 }, call),
      segmentOf(clients, userId),
    ]);
    const page = found.slice(0, pageSize);
    const prices = await pricesOf(
      clients,
      page.map(({ productId }) => productId),
      { currency, segment },
    );
    const last = page.at(-1);
    return {
      products: page.map((product) => ({ ...product, ...(prices.get(product.productId) ?? noPrice) })),
      nextPageToken: last && found.length > pageSize ? toPageToken({ after: last.productId, category }) : '',
    };
  };
}

function checkPageSize(size: number): number {
  if (size < 0) throw invalidArgument('page_size', `must be from 0 to ${maxPageSize}, not ${size}`);
  return Math.min(size || defaultPageSize, maxPageSize);
}
