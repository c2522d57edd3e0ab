export { type Budget, budgetOf, parseDuration, type StreamLimits } from './budget.ts';
export {
  type Caller,
  type CallGraph,
  type Calls,
  callersOf,
  callGraph,
  declares,
  processes,
  rpcsOf,
} from './call-graph.ts';
export {
  create,
  decode,
  encode,
  type Init,
  isSet,
  type MessageType,
  type MethodDefinition,
  type ServiceDefinition,
} from './codec.ts';
export * from './generated/index.ts';
export { type Currency, currencies, decimalsOf, fromMinor, isCurrency, toMinor } from './money.ts';
export { protos } from './protos.ts';
export { type Segment, segments, toSegment } from './segments.ts';
export { services } from './services.ts';
export {
  type BudgetProblem,
  type CallerBudget,
  type CallPath,
  RESERVE_MS,
  solveBudgets,
} from './solve-budgets.ts';
