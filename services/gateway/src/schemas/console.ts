import { z } from 'zod';

const ms = z.number().describe('ms');

/** How the processes are. */
export const HealthView = z
  .object({
    processes: z.array(
      z.object({
        name: z.string(),
        live: z.boolean().describe('Whether it answers at its admin port.'),
        ready: z.boolean().describe('What its /readyz says.'),
        reason: z.string().describe('Why it is not ready.'),
        grpcHealth: z
          .string()
          .nullable()
          .describe('grpc.health.v1 as the gateway reaches it; null where it does not call it.'),
        openStreams: z.int().describe('gRPC streams that it serves; of the gateway, event streams.'),
        memoryBytes: z.number().nullable(),
        uptimeSeconds: z.number().nullable(),
        node: z.string().nullable().describe('The version of Node that it runs on.'),
      }),
    ),
  })
  .meta({ id: 'HealthView' });

/** The calls between two processes. */
export const GraphEdge = z.object({
  caller: z.string(),
  callee: z.string(),
  rpcs: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(['unary', 'serverStream', 'clientStream', 'bidi']),
      budgetMs: ms.describe('Its timeout, ms; of a stream, the time until its first message.'),
      stream: z.object({ firstMessageMs: ms, silenceMs: ms, ageMs: ms }).nullable(),
      attempts: z.int().describe('How often this caller may try it.'),
      headroomMs: ms.describe(
        'How much longer its budget could be before one of its callers had too little, ms.',
      ),
      budgetUsed: z
        .array(z.object({ upTo: z.number().nullable(), calls: z.int() }))
        .describe(
          'Calls that used up to this part of their budget, since the caller began; null: all. Not of streams.',
        ),
      pastDeadline: z.int().describe('Calls that ended by their deadline or past it.'),
    }),
  ),
});

/** The call graph with its budgets, and what was used of them. */
export const GraphView = z
  .object({
    processes: z.array(z.object({ name: z.string(), retries: z.boolean() })),
    edges: z.array(GraphEdge),
    callers: z
      .array(z.object({ name: z.string(), process: z.string(), budgetMs: ms, needMs: ms, headroomMs: ms }))
      .describe(
        'Every route and RPC that calls others: its budget, and what its calls may need at their worst.',
      ),
    paths: z
      .array(z.object({ path: z.array(z.string()), latestMs: ms, budgetMs: ms, attempts: z.int() }))
      .describe('Every call that a route leads to: when it is over at the latest.'),
    problems: z.array(z.string()).describe('Why budgets cannot hold.'),
  })
  .meta({ id: 'GraphView' });

/** What the X-ray has seen of an operation. */
export const XrayReport = z.object({
  operations: z.array(z.object({ name: z.string(), traces: z.int() })),
  operation: z.string().nullable().describe('The one that the rest is about.'),
  traces: z.int(),
  bands: z.array(
    z.object({
      band: z.enum(['p50', 'p90', 'p99']),
      durationMs: ms,
      slices: z.array(
        z.object({
          service: z.string(),
          operation: z.string(),
          cause: z.string(),
          ms,
          share: z.number(),
        }),
      ),
    }),
  ),
  findings: z.array(z.object({ kind: z.string(), text: z.string() })),
});

/** Where time goes. */
export const XrayView = z
  .object({
    url: z.string().nullable().describe('Of the X-ray itself; null: there is none.'),
    report: XrayReport.nullable(),
  })
  .meta({ id: 'XrayView' });

/** How the processes are, as JSON. */
export type HealthView = z.output<typeof HealthView>;
/** The calls between two processes, as JSON. */
export type GraphEdge = z.output<typeof GraphEdge>;
/** The call graph, as JSON. */
export type GraphView = z.output<typeof GraphView>;
/** Where time goes, as JSON. */
export type XrayView = z.output<typeof XrayView>;
