import { z } from 'zod';
import { route } from '../route.ts';
import { idempotencyKey, uuid } from '../schemas/fields.ts';
import { EndedSale, Sale, SaleRequest } from '../schemas/sale.ts';
import { requestIdOf, type Services } from '../services.ts';
import { timeOfMs } from '../views.ts';

const headers = z.object({ 'idempotency-key': idempotencyKey.optional() });

/** Sales. */
export const saleRoutes = ({ pricing }: Services) => [
  route({
    method: 'post',
    path: '/api/sales',
    tag: 'merchants',
    summary: 'Take a percentage off some products for a while',
    description: 'Where sales overlap the largest percentage holds.',
    access: 'merchant',
    headers,
    body: SaleRequest,
    answer: { status: 201, description: 'The sale was stored.', schema: Sale },
    problems: [404, 409],
    async handler({ headers, body, session }) {
      const { saleId } = await pricing.startSale({
        requestId: requestIdOf(session, headers['idempotency-key']),
        productIds: body.productIds,
        percentOff: body.percentOff,
        startsAtMs: BigInt(Math.max(0, body.startsAt ?? 0)),
        endsAtMs: BigInt(body.endsAt),
      });
      return { saleId };
    },
  }),

  route({
    method: 'delete',
    path: '/api/sales/{id}',
    tag: 'merchants',
    summary: 'End a sale now',
    access: 'merchant',
    headers,
    params: z.object({ id: uuid.describe('The sale.') }),
    answer: { status: 200, description: 'The sale has ended, now or before.', schema: EndedSale },
    problems: [404, 409],
    async handler({ headers, params, session }) {
      const requestId = requestIdOf(session, headers['idempotency-key']);
      const { saleId, endedAtMs } = await pricing.endSale({ requestId, saleId: params.id });
      return { saleId, endedAt: timeOfMs(endedAtMs) };
    },
  }),
];
