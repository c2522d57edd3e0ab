export {
  type ArticleClient,
  type ArticlePrice,
  type ArticleUpdate,
  articleClient,
} from './article-client.ts';
export { go, goProgram } from './go.ts';
export { type ExportedSpan, type OtlpReceiver, startOtlpReceiver } from './otlp.ts';
export { outcomeOf } from './outcome.ts';
export { freePort, type PostgresServer, postgresAvailable, startPostgres } from './postgres.ts';
export {
  type Prometheus,
  type PrometheusSample,
  prometheusAvailable,
  startPrometheus,
} from './prometheus.ts';
export { pythonEnvironment } from './python.ts';
export { balance, type Entrance, migrateService, type Replica, startReplica } from './replicas.ts';
export { type DemoAccount, type Rest, type RestAnswer, restClient, signIn } from './rest.ts';
export { anyPorts, type ProcessName, type RunningShop, startShop, startShopOf } from './shop.ts';
export { copySources, linkDependencies } from './sources.ts';
export { type EventReader, readEvents, type ServerSentEvent } from './sse.ts';
