export { Metadata } from '@grpc/grpc-js';
export { backOff } from './backoff.ts';
export {
  type BudgetOptions,
  Call,
  currentCall,
  detached,
  isAbandoned,
  untilEnd,
  withBudget,
} from './call.ts';
export { type Channel, openChannel } from './channel.ts';
export { checkCurrency, checkId, checkProductId, checkRequestId, checkText, checkUuid } from './checks.ts';
export { type Client, createClient } from './client.ts';
export type { CallOptions } from './client-call.ts';
export { type BatchCall, type CoalesceInit, coalesce } from './coalesce.ts';
export { coalescePrices } from './coalesce-prices.ts';
export { Code, codeName } from './code.ts';
export { storedTraceparent, traceDeliveries } from './deliveries.ts';
export type { ErrorDetails } from './error-details.ts';
export * from './errors.ts';
export {
  changeFaults,
  type FaultRequest,
  faultEffect,
  faultList,
  faultTtlMs,
  refuseNoEffect,
} from './fault-admin.ts';
export {
  type Fault,
  type FaultTarget,
  healFault,
  healFaults,
  setFault,
} from './fault-store.ts';
export { hostOf } from './identity.ts';
export { type Handlers, type Implementation, implement, implementPart } from './implement.ts';
export { importLines, type LineOutcome } from './imports.ts';
export { migrateServiceDatabase } from './migrate-command.ts';
export { type PeerHealth, probeHealth } from './peer-health.ts';
export { cachePrices } from './price-cache/index.ts';
export { openPriceCache, type PriceCache, type PriceCacheInit } from './price-cache/price-cache.ts';
export { type ProcessContext, type ProcessMessage, runProcess } from './process.ts';
export { plaintext, type Security } from './security.ts';
export { type ServiceContext, serve } from './serve.ts';
export { createServer, type Server } from './server.ts';
export type { ServerCall } from './server-call.ts';
export { openServiceDatabase } from './service-database.ts';
export { budgetAttributes } from './span.ts';
export { StartError } from './start-error.ts';
export { startServer } from './start-server.ts';
export { type Defence, faultsOn } from './trials.ts';
export { trimDatabase } from './trim-database.ts';
export { writeOnce } from './write-once.ts';
