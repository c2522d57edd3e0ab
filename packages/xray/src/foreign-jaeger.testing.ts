/** Made here by hand, in the shape of what clients of OpenTracing sent to Jaeger: other names, 64-bit ids, no OpenTelemetry. */

/** A booking as Jaeger's UI exports it, of clients that knew OpenTracing: 40 ms, of which a table takes 10 twice. */
export function booking(): string {
  const tag = (key: string, value: string | boolean) => ({
    key,
    type: typeof value === 'string' ? 'string' : 'bool',
    value,
  });
  const traceID = '5b8aa5a2d2c872'; // as these clients wrote them: 64 bits, without zeros in front
  const spanOf = (
    spanID: string,
    processID: string,
    operationName: string,
    [from, to]: readonly [number, number],
    tags: object[],
    references: readonly (readonly [string, string])[] = [],
  ) => ({
    traceID,
    spanID,
    flags: 1,
    operationName,
    references: references.map(([refType, spanID]) => ({ refType, traceID, spanID })),
    startTime: 1_790_000_000_000_123 + from * 1000,
    duration: (to - from) * 1000,
    tags,
    logs: [{ timestamp: 1_790_000_000_000_123, fields: [tag('event', 'baggage')] }],
    processID,
    warnings: null,
  });
  const sql = [tag('span.kind', 'client'), tag('db.type', 'sql'), tag('db.statement', 'select …')];
  const spans = [
    spanOf('a1', 'p1', 'HTTP GET /book', [0, 40], [tag('span.kind', 'server'), tag('sampler.type', 'const')]),
    spanOf('a2', 'p1', 'HTTP GET', [2, 36], [tag('span.kind', 'client')], [['CHILD_OF', 'a1']]),
    spanOf('a3', 'p2', '/seats', [5, 33], [tag('span.kind', 'server')], [['CHILD_OF', 'a2']]),
    spanOf('a4', 'p2', 'SQL SELECT seats', [6, 16], sql, [['CHILD_OF', 'a3']]),
    spanOf('a5', 'p2', 'SQL SELECT seats', [17, 27], [...sql, tag('error', true)], [['CHILD_OF', 'a3']]),
    spanOf('a6', 'p2', 'send ticket', [30, 90], [], [['FOLLOWS_FROM', 'a3']]),
  ];
  const process = (serviceName: string, hostname: string) => ({
    serviceName,
    tags: [tag('hostname', hostname), tag('ip', '10.0.0.7'), tag('jaeger.version', 'Go-2.30')],
  });
  const processes = { p1: process('booking', 'web-1'), p2: process('seats', 'web-2') };
  return JSON.stringify({
    data: [{ traceID, spans, processes, warnings: null }],
    total: 0,
    limit: 0,
    errors: null,
  });
}
