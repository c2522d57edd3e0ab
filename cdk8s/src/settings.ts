import { createHash } from 'node:crypto';
import { times, type Workload } from './catalogue.ts';
import { calleesOf, callersOfWorkload } from './edges.ts';
import type { Environment } from './environments.ts';

/** Where the files of mutual TLS are mounted: TLS_FOLDER. */
export const tlsFolder = '/tls';

/** The ConfigMap with OTEL_* variables that turn traces on where it is there: `Traces` makes it. */
export const tracesConfig = 'traces';

/** V8's young generation is three of these, Mi. */
const semiSpaceMi = 4;

/** For all that is outside of V8's heap: code, buffers, threads, Mi. Measured 102 at most. */
const outsideHeapMi = 128;

/** What of a container's memory is not for V8's old generation, Mi. */
export const besideHeapMi = 3 * semiSpaceMi + outsideHeapMi;

/** V8's old generation, Mi. */
const heapMi = ({ resources }: Workload) => resources.memoryMi - besideHeapMi;

/** V8's limits, which fit the container's. */
export const nodeOptions = (workload: Workload) =>
  `--max-old-space-size=${heapMi(workload)} --max-semi-space-size=${semiSpaceMi}`;

/** The settings of a workload, by environment variable; secrets come beside them. */
export function settingsOf(workload: Workload, environment: Environment): Readonly<Record<string, string>> {
  const NAME = workload.name.toUpperCase();
  const addresses = calleesOf(workload).map((callee) => [
    `${callee.name.toUpperCase()}_ADDRESS`,
    `${hostOf(callee, environment)}:${callee.port.number}`,
  ]);
  return {
    BIND_ADDRESS: '0.0.0.0',
    [`${NAME}_PORT`]: `${workload.port.number}`,
    [`${NAME}_ADMIN_PORT`]: `${workload.adminPort}`,
    DRAIN_GRACE_MS: `${times.drain * 1000}`,
    NODE_OPTIONS: nodeOptions(workload),
    TRANSPORT_SECURITY: environment.transport,
    ...(environment.transport === 'mtls' && {
      TLS_FOLDER: tlsFolder,
      SPIFFE_BASE: environment.spiffeBase,
      ...(workload.services.length > 0 && { MAX_CONNECTION_AGE_MS: `${times.connectionAge * 1000}` }),
    }),
    ...(workload.public && 'hosts' in environment.entrance && { TRUST_PROXY: '1' }), // the Gateway
    ...Object.fromEntries(addresses),
    ...environment.settings,
  };
}

/** The name of the Service that answers with the address of every pod. */
export const headlessOf = ({ name }: Workload) => `${name}-headless`;

/**
 * The name by which a workload is called. In a mesh one address, behind which the proxy balances per request; without
 * one the addresses of all pods, over which the client goes round.
 */
function hostOf(callee: Workload, { transport }: Environment): string {
  return transport === 'mesh' ? callee.name : headlessOf(callee);
}

/** Whether other workloads call it. */
export const isCalled = (workload: Workload) => callersOfWorkload(workload).length > 0;

/** Part of a ConfigMap's name: what has other content has another name, so that a change rolls the pods. */
export const hashOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 10);
