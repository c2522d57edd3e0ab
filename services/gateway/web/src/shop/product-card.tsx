import type { Product } from '../../../src/schemas/product.ts';
import { Button } from '../ui/parts.tsx';
import { Link } from '../ui/router.tsx';
import { addToCart } from './cart.ts';
import { Picture } from './picture.tsx';
import { Price } from './price.tsx';

/** How many pieces of a product are left, in all warehouses. */
export const piecesOf = ({ stock }: Product) => stock.reduce((sum, { available }) => sum + available, 0);

/** A product in the list. */
export function ProductCard({ product }: { readonly product: Product }) {
  const { productId, name, category } = product;
  const pieces = piecesOf(product);
  return (
    <li class="card" data-product={productId}>
      <Picture productId={productId} category={category} />
      <div class="card-text">
        <p class="category">{category}</p>
        <h2>
          <Link to={`/products/${productId}`}>{name}</Link>
        </h2>
        <Price productId={productId} />
        <div class="card-foot">
          <span class="stock">{pieces > 0 ? `${pieces.toLocaleString()} in stock` : 'Out of stock'}</span>
          <Button
            small
            label={`Add ${name} to the cart`}
            disabled={pieces === 0 || product.price === null}
            onClick={() => addToCart(product, 1)}
          >
            Add
          </Button>
        </div>
      </div>
    </li>
  );
}
