import type { Currency, Money } from '@hotpath/contracts';
import { codeName } from '@hotpath/rpc';
import { z } from 'zod';
import { route } from '../route.ts';
import { currencyOrDefault, idempotencyKey, productId } from '../schemas/fields.ts';
import { BasePrice, Price, PriceBatch, PriceBatchRequest, PriceChange } from '../schemas/price.ts';
import { requestIdOf, type Services, segmentOf } from '../services.ts';
import { amountOf, viewPrice } from '../views.ts';

/** Prices as they are now, and their setting. */
export const priceRoutes = ({ pricing, users }: Services) => [
  route({
    method: 'get',
    path: '/api/products/{id}/price',
    tag: 'prices',
    summary: 'The price of one product',
    access: 'public',
    params: z.object({ id: productId }),
    query: z.object({ currency: currencyOrDefault }),
    answer: { status: 200, description: 'The price.', schema: Price },
    problems: [404],
    async handler({ params, query, session }) {
      const customerSegment = await segmentOf({ users }, session);
      return viewPrice(
        await pricing.getPrice({ productId: params.id, currency: query.currency, customerSegment }),
      );
    },
  }),

  route({
    method: 'post',
    path: '/api/prices:batch',
    tag: 'prices',
    summary: 'The prices of up to 500 products',
    description: 'A bad item is reported in `errors` and never fails the others.',
    access: 'public',
    body: PriceBatchRequest,
    answer: { status: 200, description: 'The prices.', schema: PriceBatch },
    async handler({ body: { productIds, currency }, session }) {
      const customerSegment = await segmentOf({ users }, session);
      const requests = productIds.map((id) => ({ productId: id, currency, customerSegment }));
      const { prices, errors } = await pricing.getPricesBatch({ requests });
      return {
        items: prices.map(viewPrice),
        errors: errors.map(({ index, productId, code, message }) => ({
          index,
          productId: String(productId),
          code: codeName(code),
          message,
        })),
      };
    },
  }),

  route({
    method: 'put',
    path: '/api/products/{id}/price',
    tag: 'merchants',
    summary: "Set a product's base price in one currency",
    access: 'merchant',
    params: z.object({ id: productId }),
    headers: z.object({ 'idempotency-key': idempotencyKey.optional() }),
    body: PriceChange,
    answer: { status: 200, description: 'The base price as stored.', schema: BasePrice },
    problems: [404, 409],
    async handler({ params, headers, body, session }) {
      const requestId = requestIdOf(session, headers['idempotency-key']);
      const stored = await pricing.setPrice({ requestId, productId: params.id, price: body });
      const price = stored.price as Money;
      return {
        productId: String(stored.productId),
        price: amountOf(price),
        currency: price.currency as Currency,
      };
    },
  }),
];
