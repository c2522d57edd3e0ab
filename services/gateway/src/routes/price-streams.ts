import { cancelled } from '@hotpath/rpc';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { toProblem } from '../answer-problem.ts';
import { formatEventId, type Position, parseEventId } from '../event-id.ts';
import { clientOf, type StreamLimits } from '../limits.ts';
import type { PriceHub } from '../price-hub.ts';
import { route } from '../route.ts';
import { currencyOrDefault, productId, text } from '../schemas/fields.ts';
import { PriceEvent } from '../schemas/price.ts';
import { OpenStreams } from '../schemas/streams.ts';
import { type Services, segmentOf } from '../services.ts';
import type { Session } from '../session.ts';
import type { EventStreams } from '../sse.ts';

const answer = {
  status: 200,
  description:
    'Events named "price": the present price of each product at once, then each change as it happens, until the ' +
    'session ends. An event "problem" says why the stream cannot go on.',
  events: PriceEvent,
} as const;

const description =
  'Server-sent events. A browser that comes back with Last-Event-ID gets each change it missed once, and no ' +
  'snapshot; or, where those changes are no longer kept, the present price with reason "resync". ' +
  'The cookie of POST /api/sessions brings the prices of its user.';

const lastEventId = text(1, 2_500).optional();
const resumeQuery = {
  currency: currencyOrDefault,
  lastEventId: lastEventId.describe('Instead of the header, for clients that cannot set it.'),
};
const headers = z.object({ 'last-event-id': lastEventId.describe('`id` of the last event seen.') });

const mostProducts = 100;
const productIds = z
  .string()
  .transform((list) => (list === '' ? [] : [...new Set(list.split(','))]))
  .pipe(
    z
      .array(productId)
      .min(1, 'must name a product')
      .max(mostProducts, `must name at most ${mostProducts} products`),
  )
  .meta({ description: `1 to ${mostProducts} products, separated by commas.`, example: '1,2,3' });

/** What the streams are made of. */
export type StreamParts = {
  readonly services: Services;
  readonly hub: PriceHub;
  readonly events: EventStreams;
  readonly limits: StreamLimits;
};

/** Streams of prices as they change. */
export function priceStreamRoutes(parts: StreamParts) {
  return [
    route({
      method: 'get',
      path: '/api/products/{id}/price/stream',
      tag: 'streams',
      summary: 'The price of one product, live',
      description,
      access: 'public',
      params: z.object({ id: productId }),
      query: z.object(resumeQuery),
      headers,
      answer,
      problems: [404],
      handler: ({ params, query, headers, ...input }) =>
        stream(parts, { ...input, ...query, productIds: [params.id], resume: headers['last-event-id'] }),
    }),
    route({
      method: 'get',
      path: '/api/prices/stream',
      tag: 'streams',
      summary: 'The prices of up to 100 products, live',
      description,
      access: 'public',
      query: z.object({ productIds, ...resumeQuery }),
      headers,
      answer,
      problems: [404],
      handler: ({ query, headers, ...input }) =>
        stream(parts, { ...input, ...query, resume: headers['last-event-id'] }),
    }),
    route({
      method: 'get',
      path: '/api/streams',
      tag: 'streams',
      summary: 'How many streams of prices are open',
      access: 'anonymous',
      answer: { status: 200, description: 'The count.', schema: OpenStreams },
      handler: async () => ({ open: parts.events.count() }),
    }),
  ];
}

type Wanted = {
  readonly productIds: readonly bigint[];
  readonly currency: z.output<typeof currencyOrDefault>;
  /** Of the header, which browsers send by themselves and so is the newer one. */
  readonly resume: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly session: Session | undefined;
  readonly request: Request;
  readonly response: Response;
};

/** Joins the products' watches, and when all their prices are known begins to send. */
async function stream({ services, hub, events, limits }: StreamParts, wanted: Wanted) {
  const { productIds, currency, session, request } = wanted;
  const gone = new AbortController();
  wanted.response.once('close', () => gone.abort(cancelled('the browser left')));
  gone.signal.addEventListener('abort', limits.take(clientOf(request)));

  const segment = await segmentOf(services, session);
  const prices = await Promise.all(
    productIds.map((id) => hub.join({ productId: id, currency, segment }, gone.signal)),
  );
  const positions: Position[] =
    parseEventId(wanted.resume ?? wanted.lastEventId, productIds.length) ?? productIds.map(() => undefined);

  return (response: Response) => {
    const out = events.open(response, session);
    for (const [index, price] of prices.entries()) {
      const follower = {
        onEvent({ sequence, data }: { sequence: bigint; data: string }) {
          positions[index] = sequence;
          out.send('price', data, formatEventId(positions));
        },
        onEnd(error: unknown) {
          out.send('problem', JSON.stringify(toProblem(error).body));
          out.end();
        },
      };
      price.follow(follower, positions[index]);
    }
  };
}
