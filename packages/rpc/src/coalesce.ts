import { coalesced, newSpanId, type TraceContext, tracing } from '@hotpath/telemetry';
import { Call, currentCall, runInCall, untilEnd } from './call.ts';
import { Code } from './code.ts';
import { cancelled } from './errors.ts';

/** How many look-ups become one. */
export type CoalesceInit<Key, Value> = {
  /**
   * Looks up many at once. @returns for each key, in the same order, its value, or the Error of its own; what
   * it throws fails all of them. It runs as part of `call`, whose signal aborts when nobody waits any more.
   */
  readonly load: (keys: readonly Key[], call: BatchCall) => Promise<readonly (Value | Error)[]>;
  /** Most keys of one batch. */
  readonly maxSize: number;
  /** What tells keys apart: those of the same identity are looked up once. Defaults to the key itself. */
  readonly identity?: (key: Key) => unknown;
};

/** The call that a batch is loaded by: part of none of those it works for, since it may outlive each. */
export class BatchCall extends Call {
  /** The calls it works for, e.g. for links between traces. */
  readonly serves: readonly Call[];
  /** @internal When its first look-up was made, `performance.now()` ms. */
  readonly gatheredSince: number;
  /** @internal The span of the call that it became. */
  sentAs: TraceContext | undefined;

  constructor(serves: readonly Call[], deadline: number, gatheredSince: number) {
    const traces = serves.map(({ trace }) => trace);
    super({
      path: serves[0]?.path ?? 'coalesced look-ups',
      budgetMs: deadline - performance.now(),
      // It can be part of one trace only. The others have links.
      trace: traces.find((trace) => trace?.sampled) ?? traces[0],
    });
    this.serves = serves;
    this.gatheredSince = gatheredSince;
  }

  /** @internal The exported spans it works for besides the one it is below. */
  others(): TraceContext[] {
    const others = new Set(this.serves.map(({ trace }) => trace));
    return [...others].filter((trace) => trace?.sampled && trace !== this.trace) as TraceContext[];
  }
}

type Waiter<Value> = {
  readonly call: Call | undefined;
  readonly settle: (outcome: Value | Error) => void;
};

type Slot<Key, Value> = { readonly key: Key; readonly waiters: Set<Waiter<Value>> };

type Batch<Key, Value> = {
  /** By the key's identity. */
  readonly slots: Map<unknown, Slot<Key, Value>>;
  /** `performance.now()`, ms. */
  readonly openedAt: number;
  /** Set once it is being loaded. */
  call?: BatchCall;
};

/** Shows in the traces that a batch is no part of how long they have waited for it, and where to look for it. */
function tellOthers(batch: BatchCall): void {
  if (!tracing || !batch.sentAs) return;
  for (const parent of batch.others()) {
    tracing.export({
      name: 'in the batch of another trace',
      kind: 'internal',
      context: { ...parent, spanId: newSpanId() },
      parent,
      startMs: batch.gatheredSince,
      endMs: performance.now(),
      attributes: {},
      links: [batch.sentAs],
    });
  }
}

/**
 * Turns look-ups that are made at the same time, by anyone in the process, into batches: those of one turn of the
 * event loop, or as soon as there are `maxSize`. Each is awaited within its own call (currentCall), whose end
 * rejects it without harm to the others. A batch has until the latest of their deadlines, and is cancelled when all
 * have left.
 * @returns looks up one.
 */
export function coalesce<Key, Value>(init: CoalesceInit<Key, Value>): (key: Key) => Promise<Value> {
  const { load, maxSize, identity = (key) => key } = init;
  let open: Batch<Key, Value> | undefined;

  function openBatch(): Batch<Key, Value> {
    const batch: Batch<Key, Value> = { slots: new Map(), openedAt: performance.now() };
    // Requests that came in together are handled in one turn of the loop, with microtasks between them: behind 64 HTTP
    // connections a turn gathers 27 look-ups, a microtask one.
    setImmediate(() => send(batch));
    return batch;
  }

  function enter(batch: Batch<Key, Value>, key: Key, waiter: Waiter<Value>): () => void {
    const id = identity(key);
    const slot = batch.slots.get(id) ?? { key, waiters: new Set() };
    batch.slots.set(id, slot);
    slot.waiters.add(waiter);
    return () => {
      slot.waiters.delete(waiter);
      if (slot.waiters.size > 0) return;
      batch.slots.delete(id);
      if (batch.slots.size === 0) batch.call?.end(cancelled('all who waited have left'));
    };
  }

  function send(batch: Batch<Key, Value>): void {
    if (open === batch) open = undefined;
    if (batch.call || batch.slots.size === 0) return;
    const slots = [...batch.slots.values()];
    const calls = slots.flatMap(({ waiters }) => [...waiters].map(({ call }) => call));
    const deadline = Math.max(...calls.map((call) => call?.deadline ?? Number.POSITIVE_INFINITY));
    const call = new BatchCall(
      calls.filter((one) => one !== undefined),
      deadline,
      batch.openedAt,
    );
    batch.call = call;
    coalesced.observe(calls.length, call.trace);
    call.startTimer();

    const settle = (outcomes: readonly (Value | Error)[]) => {
      call.complete(Code.OK);
      tellOthers(call);
      slots.forEach(({ waiters }, index) => {
        const outcome = outcomes[index] ?? new Error(`the batch lacks result ${index} of ${slots.length}`);
        for (const waiter of waiters) waiter.settle(outcome);
      });
    };
    untilEnd(
      call,
      runInCall(call, async () =>
        load(
          slots.map(({ key }) => key),
          call,
        ),
      ),
    ).then(settle, (error) => settle(slots.map(() => error)));
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const call = currentCall();
      if (call?.over) return call.onEnd(reject);
      open ??= openBatch();
      const batch = open;
      const leave = enter(batch, key, {
        call,
        settle(outcome) {
          off?.();
          call?.endWait();
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      });
      const off = call?.onEnd((cause) => {
        leave();
        reject(cause);
      });
      call?.beginWait();
      if (batch.slots.size >= maxSize) send(batch);
    });
}
