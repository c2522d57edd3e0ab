import { expect, test } from 'vitest';
import { type CallGraph, callersOf, callGraph, declares, processes } from './call-graph.ts';
import type { MethodDefinition, ServiceDefinition } from './codec.ts';
import { InventoryService } from './generated/inventory.ts';
import { PricingService } from './generated/pricing.ts';
import { UserService } from './generated/user.ts';
import { services } from './services.ts';
import { RESERVE_MS, solveBudgets } from './solve-budgets.ts';

type Rpc = {
  timeout?: string;
  maxAttempts?: number;
  hedgingPolicy?: object;
  kind?: MethodDefinition['kind'];
  idempotency?: MethodDefinition['idempotency'];
  stream?: object;
};

/** A service `t.S` with RPCs of these budgets. */
function serviceOf(rpcs: Record<string, Rpc>): ServiceDefinition {
  return {
    name: 't.S',
    serviceConfig: {
      methodConfig: Object.entries(rpcs).map(([method, { timeout, maxAttempts, hedgingPolicy, stream }]) => ({
        name: [{ service: 't.S', method }],
        timeout,
        stream,
        ...(maxAttempts && { retryPolicy: { maxAttempts } }),
        ...(hedgingPolicy && { hedgingPolicy }),
      })),
    },
    methods: Object.fromEntries(
      Object.entries(rpcs).map(([name, { kind = 'unary', idempotency = 'NO_SIDE_EFFECTS' }]) => [
        name,
        {
          ...UserService.methods.getUser,
          name,
          path: `/t.S/${name}`,
          kind,
          idempotency,
        } as unknown as MethodDefinition,
      ]),
    ),
  };
}
const rpc = (service: ServiceDefinition, name: string) => service.methods[name] as MethodDefinition;

test("the shop's budgets hold", () => {
  expect(solveBudgets({ services, graph: callGraph, processes }).problems).toEqual([]);
});

test('sequences add up, of parallel calls the longest counts, and a child sees what came before it', () => {
  const service = serviceOf({ A: { timeout: '0.1s' }, B: { timeout: '0.3s' }, C: { timeout: '0.2s' } });
  const [a, b, c] = ['A', 'B', 'C'].map((name) => rpc(service, name)) as [
    MethodDefinition,
    MethodDefinition,
    MethodDefinition,
  ];
  const calls = { inSequence: [a, { inParallel: [b, c] }, c] };
  const solve = (budgetMs: number) =>
    solveBudgets({
      services: [service],
      graph: { 'GET /': { process: 'gateway', budgetMs, calls } },
      processes: { gateway: { retries: false } },
    });
  expect(solve(605).problems).toEqual([]);
  expect(solve(604).problems).toMatchObject([{ file: 'graph', at: 'GET /' }]);
  expect(solve(605).paths.map(({ path, latestMs }) => [path[1], latestMs])).toEqual([
    ['S/A', 100],
    ['S/B', 400],
    ['S/C', 300],
    ['S/C', 600],
  ]);
});

test('a child that cannot fit in its RPC is a problem of the protos', () => {
  const service = serviceOf({ A: { timeout: '0.2s' }, B: { timeout: '0.2s' } });
  const graph: CallGraph = { '/t.S/A': { process: 'x', calls: rpc(service, 'B') } };
  expect(solveBudgets({ services: [service], graph, processes: {} }).problems).toMatchObject([
    { file: 'protos', at: '/t.S/A' },
  ]);
});

test('attempts multiply along a path, and more than two are a problem', () => {
  const service = serviceOf({ A: { timeout: '1s', maxAttempts: 2 }, B: { timeout: '0.2s', maxAttempts: 2 } });
  const graph: CallGraph = {
    'GET /': { process: 'gateway', budgetMs: 2000, calls: rpc(service, 'A') },
    '/t.S/A': { process: 'a', calls: rpc(service, 'B') },
  };
  const solve = (retries: boolean) =>
    solveBudgets({ services: [service], graph, processes: { gateway: { retries: true }, a: { retries } } });
  expect(solve(false).paths.map(({ attempts }) => attempts)).toEqual([2, 2]);
  expect(solve(false).problems).toEqual([]);
  expect(solve(true).paths.map(({ attempts }) => attempts)).toEqual([2, 4]);
  expect(solve(true).problems).toMatchObject([{ file: 'protos', at: '/t.S/B' }]);
});

test('it tells what each caller has, and what its calls may come to need', () => {
  const service = serviceOf({ A: { timeout: '1s' }, B: { timeout: '0.2s' } });
  const graph: CallGraph = {
    'GET /': {
      process: 'gateway',
      budgetMs: 2000,
      calls: { inSequence: [rpc(service, 'A'), rpc(service, 'B')] },
    },
    '/t.S/A': { process: 'a', calls: rpc(service, 'B') },
  };
  expect(solveBudgets({ services: [service], graph, processes: {} }).callers).toEqual([
    { from: 'GET /', process: 'gateway', budgetMs: 2000, needMs: 1200 + RESERVE_MS },
    { from: '/t.S/A', process: 'a', budgetMs: 1000, needMs: 200 + RESERVE_MS },
  ]);
});

test('a budget that is missing, does not fit its kind, or lets a write be done twice is a problem', () => {
  const limits = { firstMessage: '1s', silence: '1s', age: '1s' };
  const service = serviceOf({
    Total: { kind: 'serverStream', timeout: '1s', stream: limits },
    Retried: { kind: 'serverStream', maxAttempts: 2, stream: limits },
    Write: { timeout: '1s', maxAttempts: 2, idempotency: 'IDEMPOTENT' },
    Hedged: { timeout: '1s', hedgingPolicy: { maxAttempts: 2 } },
    Endless: { kind: 'serverStream' },
    Unary: {},
    Good: { kind: 'serverStream', stream: limits },
  });
  const { problems } = solveBudgets({ services: [service], graph: {}, processes: {} });
  expect(problems.map(({ at }) => at)).toEqual([
    '/t.S/Total',
    '/t.S/Retried',
    '/t.S/Write',
    '/t.S/Hedged',
    '/t.S/Endless',
    '/t.S/Unary',
  ]);
});

test('retries are for reads only: what is retried has no side effects', () => {
  for (const service of services) {
    const { methodConfig } = service.serviceConfig as {
      methodConfig: { name: { method: string }[]; retryPolicy?: object }[];
    };
    for (const method of Object.values(service.methods) as MethodDefinition[]) {
      const config = methodConfig.find(({ name }) => name.some((one) => one.method === method.name));
      const read = method.kind === 'unary' && method.idempotency === 'NO_SIDE_EFFECTS';
      expect([method.path, config?.retryPolicy !== undefined]).toEqual([method.path, read]);
    }
  }
});

test('the graph tells who may call an RPC, and from where', () => {
  expect([...callersOf(callGraph, PricingService.methods.getPricesBatch.path)].sort()).toEqual([
    'gateway',
    'inventory',
  ]);
  expect([...callersOf(callGraph, PricingService.methods.setPrice.path)]).toEqual(['gateway']);
  expect([...callersOf(callGraph, PricingService.methods.watchChanges.path)].sort()).toEqual([
    'gateway',
    'inventory',
  ]);
  expect(callersOf(callGraph, UserService.methods.getUser.path).size).toBe(0);
  expect(declares(callGraph, 'GET /api/products', InventoryService.methods.listProducts.path)).toBe(true);
  expect(declares(callGraph, 'GET /api/products', PricingService.methods.setPrice.path)).toBe(false);
});
