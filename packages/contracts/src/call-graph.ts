/**
 * Who calls what: the one place that says which routes and RPCs make which calls, in sequence or in parallel. From
 * it come the worst cases of `npm run budgets`, the callers that a service lets in, and the policies of a mesh. A
 * call that it lacks is refused at the caller.
 */
import type { MethodDefinition } from './codec.ts';
import { InventoryService } from './generated/inventory.ts';
import { PricingService } from './generated/pricing.ts';
import { UserService } from './generated/user.ts';

/** What a route or an RPC calls: one RPC, or several one after the other or at once. */
export type Calls =
  | MethodDefinition
  | { readonly inSequence: readonly Calls[] }
  | { readonly inParallel: readonly Calls[] };

/** A place where calls are made. */
export type Caller = {
  /** The process that makes them, which is also its identity. */
  readonly process: string;
  /**
   * How long it may take, ms, where that is not an RPC's own timeout: of a stream, until its first byte.
   * Undefined for RPCs: their budget is in protos/*_grpc_service_config.json.
   */
  readonly budgetMs?: number;
  /** What it calls. */
  readonly calls: Calls;
};

/** Every place that makes calls, by route (`GET /api/products`), by path of the RPC, or by a name of its own. */
export type CallGraph = Readonly<Record<string, Caller>>;

const inventory = InventoryService.methods;
const pricing = PricingService.methods;
const user = UserService.methods;

const inSequence = (...calls: Calls[]): Calls => ({ inSequence: calls });
const inParallel = (...calls: Calls[]): Calls => ({ inParallel: calls });
const route = (budgetMs: number, calls: Calls): Caller => ({ process: 'gateway', budgetMs, calls });

/** One price: look-ups made at the same time are coalesced, the others may go alone. */
const onePrice = inParallel(pricing.getPrice, pricing.getPricesBatch);

/** The feed of changes, and the newest position in it. */
const cachedPrices = inParallel(pricing.watchChanges, pricing.getPricesBatch);

/**
 * Which processes retry. Only the outermost does: it knows what is left of the whole budget, and were others to
 * retry below it, attempts would multiply along the path.
 */
export const processes = {
  gateway: { retries: true },
  inventory: { retries: false },
  pricing: { retries: false },
  user: { retries: false },
} as const satisfies Record<string, { readonly retries: boolean }>;

/** The shop's call graph. */
export const callGraph: CallGraph = {
  // Whoever brings a session may wait for the keys that verify it, before anything else is done.
  'GET /api/products': route(3000, inSequence(user.getSigningKeys, inventory.listProducts)),
  'GET /api/products/{id}': route(3000, inSequence(user.getSigningKeys, inventory.getProduct)),
  'GET /api/products/{id}/price': route(3000, inSequence(user.getSigningKeys, user.getSegment, onePrice)),
  'POST /api/prices:batch': route(
    3000,
    inSequence(user.getSigningKeys, user.getSegment, pricing.getPricesBatch),
  ),
  'GET /api/products/{id}/price/stream': route(
    3000,
    inSequence(user.getSigningKeys, user.getSegment, pricing.watchPrice),
  ),
  'GET /api/prices/stream': route(3000, inSequence(user.getSigningKeys, user.getSegment, pricing.watchPrice)),
  'WS /api/cart': route(3000, inSequence(user.getSigningKeys, user.getSegment, pricing.quoteCart)),
  'POST /api/sessions': route(4000, user.createSession),
  'POST /api/reservations': route(5000, inSequence(user.getSigningKeys, inventory.reserveStock)),
  'POST /api/reservations/{id}:confirm': route(
    5000,
    inSequence(user.getSigningKeys, inventory.confirmReservation),
  ),
  'DELETE /api/reservations/{id}': route(5000, inSequence(user.getSigningKeys, inventory.releaseReservation)),
  'PUT /api/products/{id}/price': route(5000, inSequence(user.getSigningKeys, pricing.setPrice)),
  'POST /api/sales': route(5000, inSequence(user.getSigningKeys, pricing.startSale)),
  'DELETE /api/sales/{id}': route(5000, inSequence(user.getSigningKeys, pricing.endSale)),
  'POST /api/prices:import': route(3_600_000, inSequence(user.getSigningKeys, pricing.importPrices)),
  'POST /api/stock:import': route(3_600_000, inSequence(user.getSigningKeys, inventory.importStock)),
  // What a process does by itself: one stream that the prices it keeps live on, and the question whether it is up to date.
  'gateway: prices': { process: 'gateway', budgetMs: 3000, calls: cachedPrices },
  'inventory: prices': { process: 'inventory', budgetMs: 3000, calls: cachedPrices },
  '/ecommerce.InventoryService/GetProduct': {
    process: 'inventory',
    calls: inSequence(user.getSegment, onePrice),
  },
  '/ecommerce.InventoryService/ListProducts': {
    process: 'inventory',
    calls: inSequence(user.getSegment, pricing.getPricesBatch),
  },
  '/ecommerce.InventoryService/WatchProduct': {
    process: 'inventory',
    calls: inSequence(user.getSegment, pricing.watchPrice),
  },
};

/** Every RPC in `calls`, in the order in which they are listed. */
export function rpcsOf(calls: Calls): readonly MethodDefinition[] {
  if ('inSequence' in calls) return calls.inSequence.flatMap(rpcsOf);
  if ('inParallel' in calls) return calls.inParallel.flatMap(rpcsOf);
  return [calls];
}

/** The processes that may call an RPC, by its path. */
export function callersOf(graph: CallGraph, path: string): ReadonlySet<string> {
  const callers = Object.values(graph).filter(({ calls }) => rpcsOf(calls).some((rpc) => rpc.path === path));
  return new Set(callers.map(({ process }) => process));
}

/** Whether the graph has the call from a route or RPC to an RPC. */
export function declares(graph: CallGraph, from: string, path: string): boolean {
  const caller = graph[from];
  return caller !== undefined && rpcsOf(caller.calls).some((rpc) => rpc.path === path);
}
