import { callGraph, RESERVE_MS } from '@hotpath/contracts';
import { expect, test } from 'vitest';
import type { GraphView } from '../schemas/console.ts';
import { createGraphConsole } from './graph.ts';

const rpc = '/ecommerce.UserService/GetSegment';
const labels = `rpc_method="${rpc.slice(1)}",peer="user"`;
const used = 'hotpath_rpc_client_budget_used_ratio_bucket';
const metrics = `
${used}{${labels},le="0.5"} 8
${used}{${labels},le="+Inf"} 10
${used}{rpc_method="${rpc.slice(1)}",peer="other",le="+Inf"} 99
hotpath_rpc_client_past_deadline_total{${labels}} 2
`;

function view(): Promise<GraphView> {
  const graph = createGraphConsole(callGraph, [
    { name: 'gateway', ask: async () => ({ ready: true, reason: 'ready', metrics }) },
    { name: 'inventory', ask: () => Promise.reject(new Error('it is away')) },
  ]);
  return graph.view(AbortSignal.timeout(10_000));
}

const rpcOf = ({ edges }: GraphView, caller: string) =>
  edges
    .find((edge) => edge.caller === caller && edge.callee === 'user')
    ?.rpcs.find(({ path }) => path === rpc);

test('an RPC has as much room as the tightest of its callers, and only those of its process', async () => {
  const seen = await view();
  const room = (process: string) =>
    seen.callers
      .filter((caller) => caller.process === process && calls(caller.name))
      .map(({ headroomMs }) => headroomMs);
  const calls = (name: string) =>
    JSON.stringify(callGraph[name]?.calls, ['inSequence', 'path']).includes(rpc);
  for (const caller of ['gateway', 'inventory']) {
    expect(room(caller).length).toBeGreaterThan(1);
    expect(rpcOf(seen, caller)?.headroomMs).toBe(Math.min(...room(caller)));
  }
  for (const { budgetMs, needMs, headroomMs } of seen.callers) {
    expect(headroomMs).toBe(budgetMs - needMs);
    expect(headroomMs).toBeGreaterThanOrEqual(0);
    expect(needMs).toBeGreaterThanOrEqual(RESERVE_MS);
  }
});

test('what a caller has measured stands beside what is promised; nothing where it does not tell', async () => {
  const seen = await view();
  expect(rpcOf(seen, 'gateway')).toMatchObject({
    kind: 'unary',
    attempts: 2,
    stream: null,
    budgetUsed: [
      { upTo: 0.5, calls: 8 },
      { upTo: null, calls: 10 },
    ],
    pastDeadline: 2,
  });
  expect(rpcOf(seen, 'inventory')).toMatchObject({ attempts: 1, budgetUsed: [], pastDeadline: 0 });
});
