import type { Database, Param, Queryable, StatementOptions } from '@hotpath/database';
import {
  type Attributes,
  newSpanId,
  statementName,
  type TraceContext,
  type Tracing,
} from '@hotpath/telemetry';
import { attributes as names } from '@hotpath/xray/attributes';
import { currentCall } from './call.ts';
import { round } from './span.ts';

/** Shorter waits for a connection are no waits, ms. */
const leastWaitMs = 0.5;

/**
 * The same database, which shows in the traces that are exported. On a server the statements have spans by the driver's
 * instrumentation: here a wait for a connection has one, ahead of them. The embedded engine has no other
 * instrumentation than this.
 */
export function tracedDatabase(db: Database, tracing: Tracing): Database {
  const embedded = db.pool === undefined;

  /** Runs what goes to the database, with a span where its trace is exported. */
  async function traced<T>(
    text: string,
    options: StatementOptions | undefined,
    run: (options: StatementOptions | undefined) => Promise<T>,
  ): Promise<T> {
    const parent = currentCall()?.trace;
    if (!parent?.sampled) return run(options);
    const startMs = performance.now();
    let waited = 0;
    const tell = (name: string, attributes: Attributes, error?: string) =>
      tracing.export({
        name,
        kind: 'client',
        context: child(parent),
        parent,
        startMs,
        endMs: performance.now(),
        attributes: { 'db.system.name': 'postgresql', ...attributes },
        error,
      });
    const onConnection = () => {
      waited = performance.now() - startMs;
      if (!embedded && waited >= leastWaitMs)
        tell('wait for a connection', { [names.poolWait]: round(waited) });
    };
    const tellStatement = (failure: Attributes = {}, error?: string) => {
      const name = statementName(text);
      const waiting = waited >= leastWaitMs && { [names.poolWait]: round(waited) };
      tell(name, { 'db.query.summary': name, 'db.query.text': text, ...waiting, ...failure }, error);
    };
    const remaining = options?.remaining && (() => (options.remaining as () => number)());
    try {
      const result = await run({
        signal: options?.signal,
        ...(remaining && { remaining }),
        onConnection,
      } as StatementOptions);
      if (embedded) tellStatement();
      return result;
    } catch (error) {
      if (embedded) tellStatement({ 'error.type': (error as Error).name }, '');
      throw error;
    }
  }

  return {
    ...db,
    query: <Row extends object>(sql: string, params?: readonly Param[], options?: StatementOptions) =>
      traced(sql, options, (own) => db.query<Row>(sql, params, own)),
    transaction: <T>(work: (tx: Queryable) => Promise<T>, options?: StatementOptions) =>
      traced('transaction', options, (own) => db.transaction(work, own)),
  };
}

const child = (parent: TraceContext): TraceContext => ({ ...parent, spanId: newSpanId() });
