import { catalogue } from '../catalogue.ts';
import { rpcsOf } from '../edges.ts';
import type { Pod } from './pods.ts';

/** Something that may be called. */
export type Target = {
  readonly pod: Pod;
  /** The name of the port. */
  readonly port: string;
  readonly protocol: 'gRPC' | 'HTTP' | 'TCP';
  /** An RPC's path, an HTTP path, or nothing. */
  readonly path: string;
  /** Whether it is the standard health service. */
  readonly health: boolean;
};

/** How a table calls a target. */
export const labelOf = ({ pod, protocol, path, health }: Target): string => {
  if (protocol === 'TCP') return `${pod.name}: a connection`;
  if (protocol === 'HTTP') return `${pod.name}: GET ${path}`;
  return `${pod.name}: ${health ? 'health' : path.slice(path.lastIndexOf('/') + 1)}`;
};

/** Everything that pods offer: each RPC, health, metrics, the gateway's REST, PostgreSQL. */
export function targetsOf(pods: readonly Pod[]): readonly Target[] {
  return pods.flatMap((pod): readonly Target[] => {
    const target = (port: string, protocol: Target['protocol'], path: string, health = false): Target => ({
      pod,
      port,
      protocol,
      path,
      health,
    });
    const workload = catalogue.find(({ name }) => name === pod.name);
    if (!workload) return [target(pod.name, 'TCP', '')];
    const { port } = workload;
    const rpcs = rpcsOf(workload).map(({ path }) => target(port.name, 'gRPC', path));
    return [
      ...rpcs,
      ...(rpcs.length > 0 ? [target(port.name, 'gRPC', '/grpc.health.v1.Health/Check', true)] : []),
      ...(workload.public ? [target(port.name, 'HTTP', '/api/products')] : []),
      target('admin', 'HTTP', '/metrics'),
    ];
  });
}
