import { clockResolutions, correction } from './clock.ts';
import type { Node } from './node.ts';
import type { Span } from './span.ts';
import { settleWaiting } from './waiting.ts';

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
  settleWaiting(nodes);
  return { id: root.traceId, root: nodes[0] as Node, nodes, repairs };
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
  const node = (span: Span, parent: Node | undefined, offset: number): Node => {
    const start = Number(span.start - root.start) + offset;
    const duration = Math.max(0, Number(span.end - span.start));
    const slack = Math.max(resolution(span.process), Math.floor(duration / 100));
    return { span, start, end: start + duration, parent, awaited: [], slack };
  };
  const nodes = [node(root, undefined, 0)];
  const offsets = [0];
  for (let i = 0; i < nodes.length; i++) {
    const parent = nodes[i] as Node;
    for (const span of children.get(parent.span.id) ?? []) {
      const inherited = offsets[i] as number;
      let child = node(span, parent, inherited);
      const skew = skewOf(parent, child, Math.max(resolution(parent.span.process), resolution(span.process)));
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

function skewOf(caller: Node, callee: Node, slack: number): number {
  if (caller.span.process === callee.span.process) return 0;
  const kinds = `${caller.span.kind} ${callee.span.kind}`;
  if (kinds === 'client server') return correction(caller, callee, caller.span.failed, slack);
  // A message may be taken long after it was sent, but not before.
  return kinds === 'producer consumer' ? correction(caller, callee, true, slack) : 0;
}
