import { z } from 'zod';
import { productIdOut } from './fields.ts';
import { priceFields } from './price.ts';

/** A product as its reader sees it. */
export const Product = z
  .object({
    productId: productIdOut,
    name: z.string(),
    description: z.string(),
    category: z.string(),
    ...priceFields,
    stock: z
      .array(z.object({ warehouseId: z.string(), available: z.int().min(0) }))
      .describe('Pieces that can be reserved now, by warehouse.'),
  })
  .meta({ id: 'Product' });

/** A product as its reader sees it. */
export type Product = z.infer<typeof Product>;

/** A page of products. */
export const ProductPage = z
  .object({
    items: z.array(Product).describe('In the order of their ids.'),
    nextPageToken: z.string().nullable().describe('`pageToken` of the next page. null: this was the last.'),
  })
  .meta({ id: 'ProductPage' });

/** A page of products. */
export type ProductPage = z.infer<typeof ProductPage>;
