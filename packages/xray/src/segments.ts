import type { Node } from './node.ts';
import type { Cause } from './span.ts';

/** A stretch of the critical path: what the root was waiting for from one moment to another, in ns since it began. */
export type Segment = {
  readonly node: Node;
  readonly from: number;
  readonly to: number;
  readonly cause: Cause;
};

type Own = { readonly node: Node; readonly from: number; readonly to: number };

/** Says what each stretch of spans' own time went to, cutting it where that changes. They must come in order of time. */
export function splitByCause(stretches: readonly Own[]): Segment[] {
  const segments: Segment[] = [];
  const blocked = new Map<Node, number>();
  for (const { node, from, to } of stretches) {
    let at = from;
    for (const { cause, until } of phases(node)) {
      const end = Math.min(until, to);
      if (end <= at) continue;
      if (cause === 'handler') at = blockedFirst(node, at, end, blocked, segments);
      if (end > at) segments.push({ node, from: at, to: end, cause });
      at = end;
    }
  }
  return segments;
}

/** What a span does with its own time, one after the other. */
function phases(node: Node): { cause: Cause; until: number }[] {
  const { kind, role, waits } = node.span;
  const list: { cause: Cause; until: number }[] = [];
  let until = node.start;
  const wait = (cause: 'coalesce' | 'queue' | 'admission' | 'pool') => {
    until += waits?.[cause] ?? 0;
    if (until > node.start) list.push({ cause, until });
  };
  const rest = (cause: Cause) => list.push({ cause, until: Number.POSITIVE_INFINITY });
  if (role === 'proxy') rest('network');
  else if (role === 'database') {
    wait('pool');
    rest('database');
  } else if (kind === 'client' || kind === 'producer') {
    wait('coalesce');
    wait('queue');
    backOff(node, list);
    rest('network');
  } else {
    wait('admission');
    rest('handler');
  }
  return list;
}

/** Between its first attempt's end and its last one's begin a call only waits to try again. */
function backOff(node: Node, list: { cause: Cause; until: number }[]): void {
  const attempts = node.awaited.filter(({ node: { span } }) => span.attempt !== undefined);
  if (attempts.length < 2) return;
  list.push({ cause: 'network', until: Math.min(...attempts.map(({ until }) => until)) });
  list.push({ cause: 'backoff', until: Math.max(...attempts.map((attempt) => attempt.node.start)) });
}

/** Takes what the event loop was blocked for out of a handler's time, and tells where the handler's own goes on. */
function blockedFirst(
  node: Node,
  from: number,
  to: number,
  blocked: Map<Node, number>,
  segments: Segment[],
): number {
  const left = blocked.get(node) ?? node.span.waits?.eventloop ?? 0;
  const end = Math.min(from + left, to);
  blocked.set(node, left - (end - from));
  if (end > from) segments.push({ node, from, to: end, cause: 'eventloop' });
  return end;
}
