import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@hotpath/database';
import { newSpanId, newTraceId, type Tracing, tracing } from '@hotpath/telemetry';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterEach, describe, expect, test } from 'vitest';
import { withBudget } from './call.ts';
import { tracedDatabase } from './traced-database.ts';
import { recordSpans } from './traces.testing.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open(options: Parameters<typeof openDatabase>[0], sampled = true) {
  const { spans, stop } = recordSpans(sampled);
  const db = await openDatabase(options);
  closers.push(stop, () => db.close());
  const trace = { traceId: newTraceId(), spanId: newSpanId(), sampled };
  const traced = tracedDatabase(db, tracing as Tracing);
  /** Two statements at once where one can run. */
  const work = () =>
    withBudget({ path: 'GET /test', budgetMs: 10_000, trace }, (call) =>
      Promise.all([
        traced.query('select pg_sleep(0.05)', [], call),
        traced.query('select 1 as one', [], call),
      ]),
    );
  return { spans, trace, work };
}

describe('on the embedded engine', () => {
  async function folder() {
    const folder = await mkdtemp(join(tmpdir(), 'hotpath-traced-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    return { folder };
  }

  test('a statement is a span below its call that begins with its wait for its turn', async () => {
    const { spans, trace, work } = await open(await folder());
    const [, rows] = await work();
    expect(rows).toEqual([{ one: 1 }]);
    const second = spans.find(({ attributes }) => attributes['db.query.text'] === 'select 1 as one');
    expect(second).toMatchObject({ name: 'SELECT', kind: 'client', parent: trace });
    expect(second?.attributes['hotpath.wait.pool_ms']).toBeGreaterThan(40);
  });

  test('in a trace that is not exported there is none', async () => {
    const { spans, work } = await open(await folder(), false);
    await work();
    expect(spans).toEqual([]);
  });
});

describePostgres('on a server', () => {
  test('only a wait for a connection is a span, which is all wait', async () => {
    const { spans, trace, work } = await open({ url: await testDatabaseUrl(), poolMax: 1 });
    await work();
    const wait = spans.find(({ attributes }) => (attributes['hotpath.wait.pool_ms'] as number) > 40);
    expect(wait).toMatchObject({ name: 'wait for a connection', parent: trace });
    const lasted = (wait?.endMs ?? 0) - (wait?.startMs ?? 0);
    expect(lasted - (wait?.attributes['hotpath.wait.pool_ms'] as number)).toBeLessThan(1);
  });
});
