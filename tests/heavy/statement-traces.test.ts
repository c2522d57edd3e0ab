import {
  type ExportedSpan,
  restClient,
  signIn,
  startOtlpReceiver,
  startPostgres,
  startShop,
} from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import { expect, test } from 'vitest';

describeOwnPostgres('on a PostgreSQL server', () => {
  test('a page view is one trace, whose statements lie below the calls that ran them', async () => {
    const receiver = await startOtlpReceiver();
    const postgres = await startPostgres();
    const shop = await startShop(receiver.env, '--postgres', await postgres.createDatabase());
    try {
      const rest = restClient(shop.gateway);
      const token = await signIn(rest, 'vip');
      await rest('GET', '/api/products?pageSize=5', { token });
      const traceId = crypto.randomUUID().replaceAll('-', '');
      const headers = { traceparent: `00-${traceId}-00000000000000aa-01` };
      expect((await rest('GET', '/api/products?pageSize=5', { token, headers })).status).toBe(200);
      const isStatement = ({ attributes }: ExportedSpan) => 'db.query.text' in attributes;
      const services = ['inventory', 'pricing', 'user'];
      const spans = await receiver.until(
        (spans) =>
          services.every((name) => spans.some((span) => span.service === name && isStatement(span))) &&
          spans.some(({ service }) => service === 'gateway'),
        (span) => span.traceId === traceId,
      );
      for (const service of services) {
        const statement = spans.find((span) => span.service === service && isStatement(span));
        const call = spans.find(({ spanId }) => spanId === statement?.parentSpanId);
        expect(call).toMatchObject({ service, kind: 'server' });
        expect(statement?.kind).toBe('client');
        expect(statement?.attributes['db.query.text']).toMatch(/select/i);
        expect(statement?.name).toMatch(/^SELECT( [a-z_.]+)?$/);
        expect(statement?.attributes['db.query.summary']).toBe(statement?.name);
        expect(statement?.start).toBeGreaterThanOrEqual(call?.start ?? 0n);
      }
    } finally {
      await shop.stop();
      await postgres.stop();
      await receiver.close();
    }
  }, 180_000);
});
