import type { Awaited, Node } from './node.ts';
import type { Trace } from './trace.ts';

/** An operation of a service. */
export type Operation = { readonly service: string; readonly operation: string };

/** What could be otherwise. */
export type Change = Beside | OwnTime;

/** Below one operation, `second`, which followed `first`, begins together with it; whatever came between comes after both. */
export type Beside = { readonly below: Operation; readonly first: Operation; readonly second: Operation };

/** An operation's own time, without that of what it waits for, is multiplied by `times`, then `plusNs` longer. */
export type OwnTime = { readonly own: Operation; readonly times: number; readonly plusNs: number };

/**
 * How long a trace would take after a change, in ns. Everything keeps its own time and begins when all that had ended before it
 * has ended, so a change also shows what then becomes the longest; without a change it is the duration as it was.
 */
export function durationWith(trace: Trace, change: Change | undefined): number {
  const durations = new Map<Node, number>();
  for (const node of awaitedFirst(trace.root)) durations.set(node, retimed(node, durations, change));
  return durations.get(trace.root) as number;
}

/** Every span that the root awaits, however far below, each after all that it awaits itself. */
function awaitedFirst(root: Node): Iterable<Node> {
  const done = new Set<Node>();
  const open: { node: Node; entered: boolean }[] = [{ node: root, entered: false }];
  for (let top = open.at(-1); top; top = open.at(-1)) {
    if (top.entered || done.has(top.node)) {
      done.add(top.node);
      open.pop();
    } else {
      top.entered = true;
      for (const { node } of top.node.awaited) if (!done.has(node)) open.push({ node, entered: false });
    }
  }
  return done;
}

/** A span's new duration, from those of what it awaits. */
function retimed(node: Node, durations: ReadonlyMap<Node, number>, change: Change | undefined): number {
  const [times, plusNs] =
    change && 'own' in change && is(node, change.own) ? [change.times, change.plusNs] : [1, 0];
  const scaled = (ns: number) => (ns > 0 ? ns * times : ns);
  const inOrder = node.awaited.toSorted((a, b) => a.node.start - b.node.start || a.until - b.until);
  const inOrderOfEnd = inOrder.toSorted((a, b) => readyFor(a) - readyFor(b));
  const began = new Map<Awaited, number>();
  const ended = new Map<Awaited, number>();
  let before = 0;
  /** The last to end of those that ended before the present one began, and when all of them have ended now. */
  let last: Awaited | undefined;
  let allEnded = 0;
  for (const child of inOrder) {
    const start = Math.max(child.node.start, node.start);
    for (let next = inOrderOfEnd[before]; next && readyFor(next) < start; next = inOrderOfEnd[++before]) {
      if (!last || next.until > last.until) last = next;
      allEnded = Math.max(allEnded, ended.get(next) as number);
    }
    const previous = child.after ?? last;
    const ready = child.after ? (ended.get(child.after) as number) : allEnded;
    const pause = scaled(start - (previous?.until ?? node.start));
    const duration = (durations.get(child.node) as number) - (child.node.end - child.node.start);
    const length = Math.max(0, duration + child.until - start);
    if (previous && movesBeside(node, previous.node, child.node, change)) {
      const together = began.get(previous) as number;
      began.set(child, together);
      ended.set(child, Math.max(ready, together + length) + pause);
    } else {
      began.set(child, ready + pause);
      ended.set(child, ready + pause + length);
    }
  }
  const until = inOrder.reduce((latest, child) => Math.max(latest, child.until), node.start);
  return Math.max(0, ...ended.values()) + scaled(node.end - until) + plusNs;
}

/** What begins later than this began when the child had ended, as far as its times can tell. */
function readyFor({ node, until }: Awaited): number {
  return Math.max(until - node.slack, node.start);
}

function movesBeside(waiter: Node, first: Node, second: Node, change: Change | undefined): boolean {
  return (
    change !== undefined &&
    'below' in change &&
    is(waiter, change.below) &&
    is(first, change.first) &&
    is(second, change.second)
  );
}

function is({ span }: Node, { service, operation }: Operation): boolean {
  return span.service === service && span.operation === operation;
}
