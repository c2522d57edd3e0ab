import { computed, effect, signal } from '@preact/signals';
import type { CartQuote } from '../../../src/schemas/cart.ts';
import type { ProblemDetails } from '../../../src/schemas/problem.ts';
import { ProblemError } from '../ui/api.ts';
import { type Connection, keepSocket } from '../ui/live.ts';
import { stored } from '../ui/stored.ts';
import { account, currency } from './session.ts';

/** What was put into the cart. */
export type CartLine = {
  readonly productId: string;
  readonly name: string;
  readonly category: string;
  readonly quantity: number;
};

type Message = CartQuote | { readonly type: 'error'; readonly problem: ProblemDetails };

/** The cart. This browser keeps it; the gateway quotes it while it is open. */
export const lines = stored<readonly CartLine[]>('hotpath-cart', []);
/** Its prices, as they are now. */
export const quote = signal<CartQuote | undefined>(undefined);
/** Why it could not be quoted. */
export const cartProblem = signal<Error | undefined>(undefined);
/** How its socket stands. */
export const cartConnection = signal<Connection>('connecting');
/** How many pieces are in it. */
export const pieces = computed(() => lines.value.reduce((sum, { quantity }) => sum + quantity, 0));

const mostOfOne = 999;
const hasLines = computed(() => lines.value.length > 0);
let send: (message: object) => void = () => {};

const toMessage = ({ productId, quantity }: Pick<CartLine, 'productId' | 'quantity'>) => ({
  type: 'set',
  productId,
  quantity,
});

// An empty cart needs no socket. Another account needs a new one: its prices are others.
effect(() => {
  account.value;
  if (!hasLines.value) {
    quote.value = undefined;
    cartProblem.value = undefined;
    return;
  }
  const socket = keepSocket('/api/cart', {
    onOpen(say) {
      say({ type: 'currency', currency: currency.peek() });
      for (const line of lines.peek()) say(toMessage(line));
    },
    onMessage(message) {
      const said = message as Message;
      if (said.type === 'quote') {
        quote.value = said;
        cartProblem.value = undefined;
      } else cartProblem.value = new ProblemError(said.problem.status, said.problem);
    },
    onState(state) {
      cartConnection.value = state;
    },
  });
  send = socket.send;
  return () => {
    send = () => {};
    socket.close();
  };
});

effect(() => send({ type: 'currency', currency: currency.value }));

/** Sets how many pieces of a product are in the cart; 0 takes it out. */
export function setQuantity(line: CartLine): void {
  const quantity = Math.min(mostOfOne, Math.max(0, Math.trunc(line.quantity) || 0));
  const at = lines.value.findIndex(({ productId }) => productId === line.productId);
  const next = { ...line, quantity };
  if (quantity === 0) lines.value = lines.value.filter((_, index) => index !== at);
  else lines.value = at < 0 ? [...lines.value, next] : lines.value.with(at, next);
  send(toMessage(next));
}

/** Puts more of a product into the cart. */
export function addToCart(product: Omit<CartLine, 'quantity'>, quantity: number): void {
  const { productId, name, category } = product;
  const had = lines.value.find((line) => line.productId === productId)?.quantity ?? 0;
  setQuantity({ productId, name, category, quantity: had + quantity });
}
