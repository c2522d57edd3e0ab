import { type ArrayHistogram, arrayHistogram } from './array-histogram.ts';
import { type MetricValue, registerDrained } from './drained.ts';
import type { TraceContext } from './trace.ts';

/** Upper bounds of the duration buckets, seconds. */
export const durationBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;
/** Upper bounds of the buckets of how much of its budget a call has used; above 1 it was late. */
const budgetBounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1] as const;
/** Counted for a call that came without any time left, for which the ratio would be infinite. */
const mostUsed = 10;
/** Peers of an RPC that are told apart; more are no callers that anybody knows. */
const mostPeers = 20;

/** How a call has ended. */
export type CallOutcome = {
  /** The status's name. */
  readonly code: string;
  /** The process at the other end: on a server as far as that is proven. */
  readonly peer: string;
  readonly ms: number;
  /** Infinity: it had none. */
  readonly budgetMs: number;
  readonly trace: TraceContext | undefined;
};

/** Records the calls of one RPC on one side. */
export type RpcRecorder = {
  /** A call has begun. */
  start(): void;
  end(outcome: CallOutcome): void;
};

type Side = 'server' | 'client';
type Peer = {
  readonly byCode: Map<string, ArrayHistogram>;
  readonly budgetUsed: ArrayHistogram;
  pastDeadline: number;
};
type Rpc = { readonly streams: boolean; active: number; readonly peers: Map<string, Peer> };

const recorded: Record<Side, Map<string, Rpc>> = { server: new Map(), client: new Map() };

/**
 * The recorder of an RPC ("ecommerce.PricingService/GetPrice").
 * @param streams whether its calls are streams
 */
export function rpcRecorder(side: Side, method: string, streams: boolean): RpcRecorder {
  const rpc = recorded[side].get(method) ?? { streams, active: 0, peers: new Map() };
  recorded[side].set(method, rpc);
  return {
    start() {
      rpc.active++;
    },
    end({ code, peer: name, ms, budgetMs, trace }) {
      rpc.active--;
      const peer = peerOf(rpc, name);
      let durations = peer.byCode.get(code);
      if (!durations) {
        durations = arrayHistogram(durationBounds);
        peer.byCode.set(code, durations);
      }
      durations.observe(ms / 1000, trace);
      if (budgetMs === Number.POSITIVE_INFINITY) return;
      peer.budgetUsed.observe(budgetMs > 0 ? Math.min(ms / budgetMs, mostUsed) : mostUsed, trace);
      if (code === 'DEADLINE_EXCEEDED' || ms > budgetMs) peer.pastDeadline++;
    },
  };
}

function peerOf({ peers }: Rpc, name: string): Peer {
  const known = peers.get(name);
  if (known) return known;
  const label = peers.size < mostPeers ? name : 'other';
  const peer = peers.get(label) ?? {
    byCode: new Map(),
    budgetUsed: arrayHistogram(budgetBounds),
    pastDeadline: 0,
  };
  peers.set(label, peer);
  return peer;
}

/** What is told of each RPC and peer. */
function byPeer(
  side: Side,
  tell: (peer: Peer, labels: { rpc_method: string; peer: string }, rpc: Rpc) => MetricValue[],
): MetricValue[] {
  return [...recorded[side]].flatMap(([rpc_method, rpc]) =>
    [...rpc.peers].flatMap(([name, peer]) => tell(peer, { rpc_method, peer: name }, rpc)),
  );
}

// Names: OpenTelemetry's RPC metrics, https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/; what they lack is
// hotpath_*.
for (const side of ['server', 'client'] as const) {
  const duration = `rpc_${side}_call_duration_seconds`;
  registerDrained({
    name: duration,
    type: 'histogram',
    help: `Duration of ${side} calls`,
    values: () =>
      byPeer(side, ({ byCode }, labels) =>
        [...byCode].flatMap(([rpc_response_status_code, histogram]) =>
          histogram.values(duration, { ...labels, rpc_response_status_code }),
        ),
      ),
  });
  const used = `hotpath_rpc_${side}_budget_used_ratio`;
  registerDrained({
    name: used,
    type: 'histogram',
    help: `What part of their budget ${side} calls have used; above 1 they were late`,
    values: () =>
      byPeer(side, ({ budgetUsed }, labels, { streams }) => (streams ? [] : budgetUsed.values(used, labels))),
  });
  registerDrained({
    name: `hotpath_rpc_${side}_past_deadline_total`,
    type: 'counter',
    help: `${side} calls that have ended past their deadline, or by it`,
    values: () =>
      byPeer(side, ({ pastDeadline }, labels, { streams }) =>
        streams ? [] : [{ value: pastDeadline, labels }],
      ),
  });
  const active = (streamsOnly: boolean) =>
    [...recorded[side]].flatMap(([rpc_method, { streams, active: value }]) =>
      streams || !streamsOnly ? [{ value, labels: { rpc_method } }] : [],
    );
  registerDrained({
    name: `rpc_${side}_active_calls`,
    type: 'gauge',
    help: `${side} calls under way, streams included`,
    values: () => active(false),
  });
  registerDrained({
    name: `hotpath_rpc_${side}_open_streams`,
    type: 'gauge',
    help: `${side} streams that are open`,
    values: () => active(true),
  });
}
