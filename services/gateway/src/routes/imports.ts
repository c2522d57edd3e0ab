import type { Request } from 'express';
import { z } from 'zod';
import { readImport } from '../imports.ts';
import { Problem } from '../problem.ts';
import { route } from '../route.ts';
import { idempotencyKey } from '../schemas/fields.ts';
import { ImportSummary, priceLines, stockLines } from '../schemas/import.ts';
import { requestIdOf, type Services } from '../services.ts';

const headers = z.object({ 'idempotency-key': idempotencyKey.optional() });

const description =
  'One line per value, at most 16 KB long and 10,000,000 in all; CSV begins with a header of the same names. Lines ' +
  'are stored as they come. A bad line is reported and never fails the others. After a break send the same body with ' +
  'the same Idempotency-Key again.';

const answer = { status: 200, description: 'What became of the lines.', schema: ImportSummary } as const;

/** Imports: bodies of lines that are streamed through to a service. */
export const importRoutes = ({ pricing, inventory }: Services) => [
  route({
    method: 'post',
    path: '/api/prices:import',
    tag: 'merchants',
    summary: 'Set many base prices',
    description,
    access: 'merchant',
    headers,
    lines: {
      'application/x-ndjson': '{"productId":"1","currency":"INR","price":12.5}\n',
      'text/csv': 'productId,currency,price\n1,INR,12.5\n',
    },
    answer,
    problems: [409],
    async handler({ headers, session, request }) {
      const body = readImport(bodyOf(request), kindOf(request), priceLines);
      const requestId = requestIdOf(session, headers['idempotency-key']);
      const { summary } = await pricing.importPrices(toMessages(requestId, body.messages()));
      return body.summary(summary);
    },
  }),

  route({
    method: 'post',
    path: '/api/stock:import',
    tag: 'merchants',
    summary: 'Set many stocks',
    description,
    access: 'merchant',
    headers,
    lines: {
      'application/x-ndjson': '{"productId":"1","warehouseId":"in-bom-1","available":40}\n',
      'text/csv': 'productId,warehouseId,available\n1,in-bom-1,40\n',
    },
    answer,
    problems: [409],
    async handler({ headers, session, request }) {
      const body = readImport(bodyOf(request), kindOf(request), stockLines);
      const requestId = requestIdOf(session, headers['idempotency-key']);
      const { summary } = await inventory.importStock(toMessages(requestId, body.messages()));
      return body.summary(summary);
    },
  }),
];

/** The body as it comes. Giving up early leaves the connection open, for the answer that says why. */
const bodyOf = (request: Request): AsyncIterable<Buffer> => request.iterator({ destroyOnReturn: false });

function kindOf(request: Request): 'ndjson' | 'csv' {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new Problem(415, 'UNSUPPORTED_MEDIA_TYPE', {
      detail: 'Content-Encoding: imports must not be compressed',
    });
  }
  return request.is('text/csv') ? 'csv' : 'ndjson';
}

/** The first message carries the key; it goes even where there is no line, since that too is an import. */
async function* toMessages<Line>(requestId: string, chunks: AsyncIterable<Line[]>) {
  let sent = false;
  for await (const lines of chunks) {
    yield { requestId, lines };
    sent = true;
  }
  if (!sent) yield { requestId, lines: [] as Line[] };
}
