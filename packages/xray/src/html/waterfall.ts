import { html, type Markup, part } from '@hotpath/html';
import type { Analysed } from '../analysis.ts';
import type { Node } from '../node.ts';
import { count, msInWords, shortOperation } from '../words.ts';

const ROW = 22;
/** Part of the width that the names take. */
const NAMES = 0.36;
const TICKS = 5;
/** How many spans are drawn. */
const MOST = 80;

/** One trace as it was: each span's time, and in colour the parts of it on the critical path. */
export function waterfall({ trace, path, durationNs }: Analysed): Markup {
  const nodes = inTreeOrder(trace.root, trace.nodes);
  const onPath = Map.groupBy(path, ({ node }) => node);
  const rows = nodes.slice(0, MOST).map(({ node, depth }, i) => {
    const { service, operation } = node.span;
    const inBounds = (ns: number) => Math.min(1, Math.max(0, ns / durationNs));
    const [from, to] = [inBounds(node.start), inBounds(node.end)];
    const parts = (onPath.get(node) ?? []).map(
      (segment) =>
        html`<rect class="${segment.cause}" x="${x(segment.from / durationNs)}" width="${wide((segment.to - segment.from) / durationNs)}" y="4" height="${ROW - 8}"><title>${segment.cause}: ${msInWords((segment.to - segment.from) / 1e6)}</title></rect>`,
    );
    const took = msInWords((node.end - node.start) / 1e6);
    const name = html`<svg width="${part(NAMES - 0.01)}" height="${ROW}"><text x="${depth * 12}" y="15"><tspan class="quiet">${service}</tspan> ${shortOperation(operation)}</text></svg>`;
    return html`<svg y="${(i + 1) * ROW}" width="100%" height="${ROW}"><title>${service} ${operation}: ${took}</title>${name}<rect class="whole" x="${x(from)}" width="${wide(to - from)}" y="4" height="${ROW - 8}" rx="2"/>${parts}</svg>`;
  });
  const height = (rows.length + 1) * ROW;
  const ticks = Array.from({ length: TICKS }, (_, i) => {
    const share = i / TICKS;
    return html`<line class="tick" x1="${x(share)}" x2="${x(share)}" y1="0" y2="${height}"/><text class="quiet" x="${x(share)}" dx="4" y="14">${i === 0 ? '0' : msInWords((share * durationNs) / 1e6)}</text>`;
  });
  const hidden = nodes.length - rows.length;
  return html`<svg class="waterfall" width="100%" height="${height}" role="img" aria-label="Waterfall of one trace">${ticks}${rows}</svg>${
    hidden > 0 ? html`<p class="quiet">${count(hidden, 'span')} more are not drawn.</p>` : undefined
  }`;
}

function inTreeOrder(root: Node, nodes: readonly Node[]): { node: Node; depth: number }[] {
  const below = Map.groupBy(nodes, ({ parent }) => parent);
  const ordered: { node: Node; depth: number }[] = [];
  const open = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, depth } = next;
    ordered.push(next);
    const children = (below.get(node) ?? []).toSorted((a, b) => b.start - a.start);
    for (const child of children) open.push({ node: child, depth: depth + 1 });
  }
  return ordered;
}

function x(share: number): string {
  return part(NAMES + share * (1 - NAMES));
}

function wide(share: number): string {
  return part(Math.max(0.001, share * (1 - NAMES)));
}
