import type { Awaited, Node } from './node.ts';

/** Says of each span of a trace what it waited for. */
export function settleWaiting(nodes: readonly Node[]): void {
  awaitChildren(nodes);
  followLinks(nodes);
  for (const { awaited } of nodes) awaited.sort(lastFirst);
}

/** Of those that end together the longest, and then by id, so that the order in which spans arrive changes nothing. */
function lastFirst(a: Awaited, b: Awaited): number {
  return b.until - a.until || a.node.start - b.node.start || (a.node.span.id < b.node.span.id ? -1 : 1);
}

function awaitChildren(nodes: readonly Node[]): void {
  for (const node of nodes) {
    const found = waiterOf(node);
    found?.waiter.awaited.push({ node, until: found.until });
  }
}

/**
 * Who waited for a span, and until when: its parent, when that ended later. Of those that ended before, a caller waited until
 * its own end, and so did whatever failed. A piece of code had only set the span going, and the code around the piece
 * waited, as for a promise that a function returns unawaited. Nobody waits once the request is answered.
 */
function waiterOf(node: Node): { waiter: Node; until: number } | undefined {
  if (node.span.detached) return undefined;
  if (node.span.kind === 'consumer' && node.span.process !== node.parent?.span.process) return undefined;
  for (let waiter = node.parent; waiter; waiter = waiter.parent) {
    if (node.end - waiter.end < node.slack) {
      return { waiter, until: Math.min(node.end, waiter.end) };
    }
    if (waiter.span.kind === 'client' || waiter.span.failed) {
      return node.start < waiter.end ? { waiter, until: waiter.end } : undefined;
    }
    if (waiter.span.kind !== 'internal') return undefined;
  }
  return undefined;
}

/**
 * A call answered by another's batch waited for the batch: a link either way between them says so, when the batch lies
 * within the call. A link to a sibling that ended before says that this one is what it waited for.
 */
function followLinks(nodes: readonly Node[]): void {
  if (!nodes.some(({ span }) => span.links.length > 0)) return;
  const byId = new Map(nodes.map((node) => [node.span.id, node]));
  for (const node of nodes) {
    for (const id of node.span.links) {
      const linked = byId.get(id);
      if (!linked || linked === node) continue;
      shareBatch(node, linked);
      shareBatch(linked, node);
    }
  }
  for (const { awaited } of nodes) {
    for (const child of awaited) {
      if (child.node.span.links.length === 0) continue;
      child.after = awaited.find(
        (other) =>
          other !== child &&
          child.node.span.links.includes(other.node.span.id) &&
          other.node.start < other.until &&
          other.until - child.node.start < other.node.slack &&
          other.until <= child.until &&
          other.node.start < child.node.start,
      );
    }
  }
}

function shareBatch(call: Node, batch: Node): void {
  const isCall = call.span.kind === 'client' && call.awaited.length === 0;
  if (!isCall || batch.span.kind !== 'client') return;
  const within = batch.start >= call.start - call.slack && batch.end <= call.end + call.slack;
  if (within && !awaits(batch, call))
    call.awaited.push({ node: batch, until: Math.min(batch.end, call.end) });
}

/** Whether it waited for the other, however far below; a call that did must not be its cause as well. */
function awaits(node: Node, other: Node): boolean {
  const open = [node];
  const seen = new Set(open);
  for (const next of open) {
    if (next === other) return true;
    for (const child of next.awaited) {
      if (seen.has(child.node)) continue;
      seen.add(child.node);
      open.push(child.node);
    }
  }
  return false;
}
