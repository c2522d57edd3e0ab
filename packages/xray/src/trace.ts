import { clockResolutions, correction } from './clock.ts';
import type { Span } from './span.ts';

/** A span in its place in the trace. Times are ns since the root began, on the root's clock. */
export type Node = {
  readonly span: Span;
  readonly start: number;
  readonly end: number;
  readonly parent: Node | undefined;
  /** What it waited for, the last to end first. */
  readonly awaited: Awaited[];
  /** Times of its children that differ by less say nothing about their order: what its clock resolves, at least 1 ns. */
  readonly slack: number;
};

export type Awaited = {
  readonly node: Node;
  /** When it stopped being waited for: its end, or its waiter's when it went on after that. */
  readonly until: number;
  /** What it waited for itself before it began, where a link says so; else that is read off the times. */
  after?: Awaited;
};

/** What was wrong with a trace and has been mended. */
export type Repair =
  | { readonly kind: 'clock-skew'; readonly from: string; readonly to: string; readonly ns: number }
  | { readonly kind: 'duplicate-spans' | 'missing-spans' | 'unreachable-spans'; readonly count: number };

export type Trace = {
  readonly id: string;
  readonly root: Node;
  /** Every span that hangs together with the root, parents before children. */
  readonly nodes: readonly Node[];
  readonly repairs: readonly Repair[];
};

/** Less than this is the inaccuracy of a measured span, not of a clock. */
const SKEW_WORTH_TELLING_NS = 1_000_000;

/**
 * Puts the spans of one trace in order. A span given twice counts once, as it last ended; one whose parent is missing hangs
 * below the root; the clock of each callee is set by its caller's. A trace without a root is refused, with the reason.
 */
export function buildTrace(given: readonly Span[]): Trace | { readonly why: string } {
  const repairs: Repair[] = [];
  const spans = distinct(given);
  if (spans.size < given.length) {
    repairs.push({ kind: 'duplicate-spans', count: given.length - spans.size });
  }
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  const orphans: Span[] = [];
  for (const span of spans.values()) {
    if (span.parentId === undefined) roots.push(span);
    else if (spans.has(span.parentId)) add(children, span.parentId, span);
    else orphans.push(span);
  }
  // One span below a parent that nobody recorded is how a trace looks whose caller is not traced here.
  const root = roots.length > 0 ? longest(roots) : orphans.length === 1 ? orphans.pop() : undefined;
  if (!root) {
    return { why: orphans.length > 0 ? 'its root span is missing' : 'its spans are each other’s parents' };
  }
  if (root.end <= root.start) return { why: 'its root span takes no time' };
  for (const orphan of orphans) add(children, root.id, orphan);
  if (orphans.length > 0) repairs.push({ kind: 'missing-spans', count: orphans.length });

  const nodes = place(root, children, clockResolutions(given), repairs);
  if (nodes.length < spans.size) {
    repairs.push({ kind: 'unreachable-spans', count: spans.size - nodes.length });
  }
  awaitChildren(nodes);
  followLinks(nodes);
  for (const { awaited } of nodes) awaited.sort(lastFirst);
  return { id: root.traceId, root: nodes[0] as Node, nodes, repairs };
}

/** Of those that end together the longest, and then by id, so that the order in which spans arrive changes nothing. */
function lastFirst(a: Awaited, b: Awaited): number {
  return b.until - a.until || a.node.start - b.node.start || (a.node.span.id < b.node.span.id ? -1 : 1);
}

function distinct(spans: readonly Span[]): Map<string, Span> {
  const byId = new Map<string, Span>();
  for (const span of spans) {
    const other = byId.get(span.id);
    if (!other || other.end < span.end) byId.set(span.id, span);
  }
  return byId;
}

function longest(roots: readonly Span[]): Span {
  return roots.reduce((best, span) => (span.end - span.start > best.end - best.start ? span : best));
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Puts every span below the root on the root's clock. */
function place(
  root: Span,
  children: ReadonlyMap<string, readonly Span[]>,
  resolution: (process: string) => number,
  repairs: Repair[],
): Node[] {
  const node = (span: Span, parent: Node | undefined, offset: number): Node => ({
    span,
    start: Number(span.start - root.start) + offset,
    end: Math.max(Number(span.end - root.start), Number(span.start - root.start)) + offset,
    parent,
    awaited: [],
    slack: resolution(span.process),
  });
  const nodes = [node(root, undefined, 0)];
  const offsets = [0];
  for (let i = 0; i < nodes.length; i++) {
    const parent = nodes[i] as Node;
    for (const span of children.get(parent.span.id) ?? []) {
      const inherited = offsets[i] as number;
      let child = node(span, parent, inherited);
      const skew = skewOf(parent, child);
      if (skew !== 0) child = node(span, parent, inherited + skew);
      if (Math.abs(skew) >= SKEW_WORTH_TELLING_NS) {
        repairs.push({ kind: 'clock-skew', from: parent.span.service, to: span.service, ns: -skew });
      }
      nodes.push(child);
      offsets.push(inherited + skew);
    }
  }
  return nodes;
}

function skewOf(caller: Node, callee: Node): number {
  if (caller.span.process === callee.span.process) return 0;
  const slack = Math.max(caller.slack, callee.slack);
  const kinds = `${caller.span.kind} ${callee.span.kind}`;
  if (kinds === 'client server') return correction(caller, callee, caller.span.failed, slack);
  // A message may be taken long after it was sent, but not before.
  return kinds === 'producer consumer' ? correction(caller, callee, true, slack) : 0;
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
    const slack = Math.max(waiter.slack, node.slack);
    if (node.end - waiter.end < slack) {
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
  for (const { awaited, slack } of nodes) {
    for (const child of awaited) {
      child.after = awaited.find(
        (other) =>
          other !== child &&
          child.node.span.links.includes(other.node.span.id) &&
          other.node.start < other.until &&
          other.until - child.node.start < slack &&
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
