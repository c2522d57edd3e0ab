export { catalogue } from './catalogue.ts';
export { type Forward, forward } from './cluster/forward.ts';
export { kubectl, namespace } from './cluster/kubectl.ts';
export { type Pod, podsOf } from './cluster/pods.ts';
export { openShop, type Shop } from './cluster/shop.ts';
export type { Latency } from './latency.ts';
export { count, type Load, type Outcome, type Send, sendAtOnce, sendFor, steadily } from './load.ts';
export { NotTried } from './not-tried.ts';
export type { Phase, Recording } from './recording.ts';
export { type Result, tryScenario } from './result.ts';
export {
  atLeast,
  atMost,
  type Check,
  type ClusterTrial,
  type InCluster,
  type Place,
  type Scenario,
} from './scenario.ts';
export { scenarios } from './scenarios/index.ts';
export { startTcpProxy, type TcpProxy, type Toxic } from './tcp-proxy.ts';
export type { Manner, Running, Trial, Watcher } from './trial.ts';
