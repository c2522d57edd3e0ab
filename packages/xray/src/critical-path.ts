import type { Awaited, Node } from './node.ts';
import { type Segment, splitByCause } from './segments.ts';
import type { Trace } from './trace.ts';

/**
 * The critical path of a trace: at each moment of the root's duration the one span that the root was waiting for, in order,
 * without gap or overlap, so that its stretches sum to the duration exactly.
 *
 * It is walked from the end: a span ends when what it awaited last has ended, and that began when what ended last before
 * it had ended, or after work of the span's own. A sibling that was still running then did not hold it up, and is not on the path. A span that its waiter
 * gave up on counts until then, with the path it was on at that moment.
 */
export function criticalPath(trace: Trace): Segment[] {
  const own: { node: Node; from: number; to: number }[] = [];
  // A list of what is still to walk rather than recursion: a chain of calls may be deeper than the stack.
  const open = [{ node: trace.root, from: trace.root.start, to: trace.root.end }];
  for (let part = open.pop(); part; part = open.pop()) {
    const { node, from, to } = part;
    const take = (list: { node: Node; from: number; to: number }[], of: Node, start: number, end: number) => {
      const [low, high] = [Math.max(from, start), Math.min(to, end)];
      if (low < high) list.push({ node: of, from: low, to: high });
    };
    let cursor = node.end;
    for (const child of pathThrough(node)) {
      const ended = Math.min(child.until, cursor);
      take(own, node, ended, cursor);
      cursor = Math.max(child.node.start, node.start);
      take(open, child.node, cursor, ended);
    }
    take(own, node, node.start, cursor);
  }
  return splitByCause(own.sort((a, b) => a.from - b.from));
}

/** Which of the spans it awaited held a span up, the last first. */
export function* pathThrough(node: Node): Generator<Awaited> {
  let cursor = node.end;
  let wanted: Awaited | undefined;
  for (const child of node.awaited) {
    if (wanted && child !== wanted) continue;
    if (child.until - cursor >= child.node.slack) continue;
    if (child.node.start >= Math.min(child.until, cursor)) continue;
    yield child;
    cursor = Math.max(child.node.start, node.start);
    wanted = child.after;
  }
}
