import type { QuoteCartResponse } from '@hotpath/contracts';
import { type Code, RpcError } from '@hotpath/rpc';
import type { WebSocket } from 'ws';
import { toProblem } from './answer-problem.ts';
import { type Cart, type CartChange, openCart } from './cart.ts';
import { badRequest, Problem } from './problem.ts';
import { validate } from './request-parts.ts';
import { CartMessage, type CartQuote } from './schemas/cart.ts';
import type { Services } from './services.ts';
import type { Session } from './session.ts';
import { atSessionEnd } from './session-end.ts';
import { amountOf, timeOf } from './views.ts';

/** WebSocket close codes. Source: https://www.iana.org/assignments/websocket */
export const closeCodes = { goingAway: 1001, policyViolation: 1008, tryAgainLater: 1013 } as const;

/** Changes that may wait for an answer; beyond it nothing more is read from the socket until some are answered. */
const mostUnanswered = 32;

/** What may wait for an owner who does not read, bytes. */
const mostWaiting = 1024 * 1024;

/** How many messages may come at once, and how many per second go on. */
const burst = 100;
const perSecond = 50;

/** Serves a cart on an open socket: changes in, quotes and problems out, until it or the session ends. */
export function serveCart(
  socket: WebSocket,
  {
    pricing,
    segment,
    session,
  }: { pricing: Services['pricing']; segment: string; session: Session | undefined },
): void {
  const gone = new AbortController();
  const allow = tokenBucket();

  const send = (message: object) => {
    socket.send(JSON.stringify(message));
    if (socket.bufferedAmount > mostWaiting) socket.terminate();
  };
  const sendProblem = (thrown: unknown) => send({ type: 'error', problem: toProblem(thrown).body });

  const cart: Cart = openCart({
    pricing,
    segment,
    signal: gone.signal,
    onQuote(quote) {
      if (quote.error) sendProblem(new RpcError(quote.error.code as Code, quote.error.message));
      else send(viewQuote(quote));
      if (cart.unanswered < mostUnanswered) socket.resume();
    },
    onEnd(error) {
      sendProblem(error);
      socket.close(closeCodes.tryAgainLater, 'the cart cannot be quoted now');
    },
  });

  const forget =
    session && atSessionEnd(session, () => socket.close(closeCodes.policyViolation, 'the session has ended'));
  socket.on('close', () => {
    forget?.();
    gone.abort();
  });
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, isBinary) => {
    if (!allow()) {
      sendProblem(
        new Problem(429, 'RATE_LIMITED', { detail: `more than ${perSecond} messages in a second` }),
      );
      return socket.close(closeCodes.policyViolation, 'too many messages');
    }
    try {
      cart.change(readChange(isBinary ? '' : String(data)));
    } catch (error) {
      return sendProblem(error);
    }
    if (cart.unanswered >= mostUnanswered) socket.pause();
  });
}

/** What a message says. Throws 400 where it is none that a cart knows. */
function readChange(text: string): CartChange {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badRequest([{ field: 'message', message: 'is no valid JSON' }]);
  }
  const { type: _, ...change } = validate(CartMessage, json, 'message') as CartMessage;
  return change;
}

function viewQuote({ lines, total, reason }: QuoteCartResponse): CartQuote {
  return {
    type: 'quote',
    reason,
    lines: lines.map((line) => ({
      productId: String(line.productId),
      quantity: line.quantity,
      price: line.unitPrice ? amountOf(line.unitPrice) : 0,
      originalPrice: line.basePrice ? amountOf(line.basePrice) : 0,
      lineTotal: line.lineTotal ? amountOf(line.lineTotal) : 0,
      onSale: line.isOnSale,
      saleEndsAt: timeOf(line.saleEndsAt),
    })),
    total: total ? amountOf(total) : 0,
    currency: (total?.currency ?? 'INR') as CartQuote['currency'],
  };
}

/** Says whether one more may come now. */
function tokenBucket(): () => boolean {
  let tokens = burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
