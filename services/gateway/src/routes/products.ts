import type { Currency, Product as ProductMessage } from '@hotpath/contracts';
import { z } from 'zod';
import { route } from '../route.ts';
import { currencyOrDefault, integerText, productId, text } from '../schemas/fields.ts';
import { Product, ProductPage } from '../schemas/product.ts';
import type { Services } from '../services.ts';
import { amountOf, timeOf } from '../views.ts';

/** Products with price and stock, as their reader sees them. */
export const productRoutes = ({ inventory }: Services) => [
  route({
    method: 'get',
    path: '/api/products',
    tag: 'products',
    summary: 'A page of products with their prices and stock',
    access: 'public',
    query: z.object({
      pageSize: integerText(1, 200).optional().describe('Products wanted; 50 unless given.'),
      pageToken: text(0, 512)
        .optional()
        .describe('`nextPageToken` of the page before; the first page unless given, or empty.'),
      category: text(1, 64).optional().describe('Only products of this category.'),
      currency: currencyOrDefault,
    }),
    answer: { status: 200, description: 'The page.', schema: ProductPage },
    async handler({ query, session }) {
      const page = await inventory.listProducts({ ...query, userId: session?.userId });
      return {
        items: page.products.map((product) => viewProduct(product, query.currency)),
        nextPageToken: page.nextPageToken || null,
      };
    },
  }),

  route({
    method: 'get',
    path: '/api/products/{id}',
    tag: 'products',
    summary: 'One product with its price and stock',
    access: 'public',
    params: z.object({ id: productId }),
    query: z.object({ currency: currencyOrDefault }),
    answer: { status: 200, description: 'The product.', schema: Product },
    problems: [404],
    async handler({ params, query, session }) {
      const { product } = await inventory.getProduct({
        productId: params.id,
        userId: session?.userId,
        currency: query.currency,
      });
      return viewProduct(product as ProductMessage, query.currency);
    },
  }),
];

function viewProduct(product: ProductMessage, currency: Currency): z.output<typeof Product> {
  const { price, originalPrice } = product;
  return {
    productId: String(product.productId),
    name: product.name,
    description: product.description,
    category: product.category,
    price: price ? amountOf(price) : null,
    originalPrice: originalPrice ? amountOf(originalPrice) : null,
    currency,
    onSale: product.onSale,
    saleEndsAt: timeOf(product.saleEndsAt),
    stock: product.stock,
  };
}
