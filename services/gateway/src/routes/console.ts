import { z } from 'zod';
import type { GraphConsole } from '../console/graph.ts';
import { viewHealth } from '../console/health.ts';
import type { Self, ShopProcess } from '../console/processes.ts';
import { viewXray } from '../console/xray.ts';
import { route } from '../route.ts';
import { GraphView, HealthView, XrayView } from '../schemas/console.ts';
import { text } from '../schemas/fields.ts';

/** What the console looks into. */
export type ConsoleParts = {
  readonly processes: readonly ShopProcess[];
  readonly self: Self;
  readonly graph: GraphConsole;
  /** Where the X-ray is, if there is one. */
  readonly xrayUrl: string | undefined;
};

const about = { tag: 'console', access: 'anonymous', method: 'get' } as const;

/** What the console at /console shows. Never in production. */
export const consoleRoutes = ({ processes, self, graph, xrayUrl }: ConsoleParts) => [
  route({
    ...about,
    path: '/api/console/health',
    summary: 'How each process is',
    answer: { status: 200, description: 'All processes.', schema: HealthView },
    handler: ({ call }) => viewHealth(processes, self, call.signal),
  }),
  route({
    ...about,
    path: '/api/console/graph',
    summary: 'Who calls what, by which budget, and what was used of it',
    answer: { status: 200, description: 'The call graph.', schema: GraphView },
    handler: ({ call }) => graph.view(call.signal),
  }),
  route({
    ...about,
    path: '/api/console/xray',
    summary: 'Where the time of a route goes, hop by hop',
    query: z.object({
      operation: text(1, 300)
        .optional()
        .describe('Such as `GET /api/products`; that with most time if left out.'),
    }),
    answer: { status: 200, description: 'What the X-ray has seen.', schema: XrayView },
    problems: [404],
    handler: ({ query, call }) => viewXray(xrayUrl, query.operation, call.signal),
  }),
];
