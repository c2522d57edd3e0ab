import { sumOf } from '@hotpath/telemetry';
import type { HealthView } from '../schemas/console.ts';
import { type Self, type ShopProcess, tellMs } from './processes.ts';

/** The health of each process: what it says of itself, and how the gateway reaches it. */
export async function viewHealth(
  processes: readonly ShopProcess[],
  self: Self,
  signal: AbortSignal,
): Promise<HealthView> {
  const [peers, views] = await Promise.all([
    self.peerHealth(tellMs),
    Promise.all(processes.map((process) => viewProcess(process, signal))),
  ]);
  const statusOf = new Map(peers.map(({ peer, status }) => [peer, status]));
  return { processes: views.map((view) => ({ ...view, grpcHealth: statusOf.get(view.name) ?? null })) };
}

async function viewProcess({ name, ask }: ShopProcess, signal: AbortSignal) {
  try {
    const { ready, reason, metrics } = await ask(signal);
    const startedAt = sumOf(metrics, 'process_start_time_seconds');
    const [, node] = /^nodejs_version_info\{version="([^"]*)"/m.exec(metrics) ?? [];
    return {
      name,
      live: true,
      ready,
      reason,
      openStreams:
        sumOf(metrics, 'hotpath_gateway_sse_clients') ??
        sumOf(metrics, 'hotpath_rpc_server_open_streams') ??
        0,
      memoryBytes: sumOf(metrics, 'process_resident_memory_bytes') ?? null,
      uptimeSeconds: startedAt === undefined ? null : Math.max(0, Math.round(Date.now() / 1000 - startedAt)),
      node: node ?? null,
    };
  } catch (error) {
    const { message } = error as Error;
    const unknown = { openStreams: 0, memoryBytes: null, uptimeSeconds: null, node: null };
    return { name, live: false, ready: false, reason: message, ...unknown };
  }
}
