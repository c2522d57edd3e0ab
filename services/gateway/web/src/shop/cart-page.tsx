import { useSignal } from '@preact/signals';
import { createDoing } from '../ui/ask.ts';
import { money } from '../ui/format.ts';
import { Button, ConnectionMark, Empty, Problem } from '../ui/parts.tsx';
import { Link } from '../ui/router.tsx';
import { type CartLine, cartConnection, cartProblem, lines, quote, setQuantity } from './cart.ts';
import { Picture } from './picture.tsx';
import { Reservations } from './reservation-list.tsx';
import { held, reserveCart } from './reservations.ts';
import { account, signingIn } from './session.ts';

/** The cart, quoted live, and what of it is reserved. */
export function CartPage() {
  return (
    <>
      <div class="intro">
        <h1>Your cart</h1>
        {lines.value.length > 0 && <ConnectionMark state={cartConnection.value} what="quotes" />}
      </div>
      {lines.value.length === 0 && held.value.length === 0 && (
        <Empty title="Nothing is in your cart">
          <Link to="/" class="button primary">
            Look at products
          </Link>
        </Empty>
      )}
      <Problem error={cartProblem.value} />
      {lines.value.length > 0 && <Lines />}
      {held.value.length > 0 && <Reservations />}
    </>
  );
}

function Lines() {
  const { busy, error, run } = useSignal(createDoing()).value;
  const total = quote.value;
  const reserve = () => {
    if (account.value) void run(reserveCart);
    else signingIn.value = true;
  };
  return (
    <section aria-label="In the cart">
      <ul class="cart-lines">
        {lines.value.map((line) => (
          <Line key={line.productId} line={line} />
        ))}
      </ul>
      <div class="cart-total">
        <span class="quiet">Total</span>
        <output class="amount" aria-live="off">
          {total ? money(total.total, total.currency) : '…'}
        </output>
        <Button kind="primary" disabled={busy.value} onClick={reserve}>
          {account.value ? 'Reserve all' : 'Sign in to reserve'}
        </Button>
      </div>
      <Problem error={error.value} />
    </section>
  );
}

function Line({ line }: { readonly line: CartLine }) {
  const { productId, name, category, quantity } = line;
  const quoted = quote.value?.lines.find((one) => one.productId === productId);
  const currency = quote.value?.currency ?? 'INR';
  return (
    <li class="cart-line" data-product={productId}>
      <Picture productId={productId} category={category} />
      <div class="cart-name">
        <Link to={`/products/${productId}`}>{name}</Link>
        <span class="quiet number">
          {quoted ? `${money(quoted.price, currency)} each` : 'being quoted'}
          {quoted?.onSale && <span class="badge">Sale</span>}
        </span>
      </div>
      <input
        class="quantity"
        type="number"
        min="0"
        max="999"
        aria-label={`Pieces of ${name}`}
        value={quantity}
        onChange={(event) => setQuantity({ ...line, quantity: event.currentTarget.valueAsNumber })}
      />
      <span class="amount number">{quoted && money(quoted.lineTotal, currency)}</span>
      <Button
        kind="plain"
        small
        label={`Remove ${name}`}
        onClick={() => setQuantity({ ...line, quantity: 0 })}
      >
        Remove
      </Button>
    </li>
  );
}
