import { html, type Markup, part } from '@hotpath/html';
import type { Analysed } from '../analysis.ts';
import type { Node } from '../node.ts';
import type { PicturedBand } from '../report.ts';
import type { Cause } from '../span.ts';
import { msInWords, percent, shortOperation } from '../words.ts';

/** An operation on the critical path, with what its time went to: causes of its own, and what it waited for. */
type Frame = {
  /** The service that did the work: the callee's, when a call and its answer are both traced. */
  service: string;
  readonly operation: string;
  readonly below: Map<string, Frame>;
  readonly own: Map<Cause, Time>;
  readonly time: Time;
};
/** Summed over traces; `began` is for the order from left to right. */
type Time = { ns: number; began: number; times: number };

const ROW = 24;

/** The critical paths of a band's traces laid over each other: wide is long, below is what was waited for. */
export function flame({ traces, durationMs }: PicturedBand): Markup {
  const root = framesOf(traces);
  const rows: Markup[] = [];
  const total = root.time.ns;
  let deepest = 0;
  const draw = (frame: Frame, from: number, depth: number) => {
    deepest = Math.max(deepest, depth);
    const name = `${frame.service} ${shortOperation(frame.operation)}`;
    const items = [
      ...[...frame.below.values()].map((below) => ({ time: below.time, below })),
      ...[...frame.own].map(([cause, time]) => ({ time, cause })),
    ].sort((a, b) => a.time.began / a.time.times - b.time.began / b.time.times);
    // What has but one cause and waits for nothing needs no row of its own to say so.
    const [only] = items.length === 1 ? items : [];
    const kind = only && 'cause' in only ? only.cause : 'frame';
    rows.push(box(from, frame.time.ns / total, depth, kind, name, durationMs));
    if (kind !== 'frame') return;
    let at = from;
    for (const item of items) {
      const share = item.time.ns / total;
      if ('below' in item) draw(item.below, at, depth + 1);
      else {
        deepest = Math.max(deepest, depth + 1);
        rows.push(box(at, share, depth + 1, item.cause, item.cause, durationMs, name));
      }
      at += share;
    }
  };
  draw(root, 0, 0);
  return html`<svg class="flame" width="100%" height="${(deepest + 1) * ROW}" role="img" aria-label="Flame of the critical path">${rows}</svg>`;
}

function box(
  from: number,
  share: number,
  depth: number,
  kind: string,
  label: string,
  durationMs: number,
  of?: string,
): Markup {
  const figures = `${msInWords(share * durationMs)}, ${percent(share)}`;
  return html`<svg x="${part(from)}" y="${depth * ROW}" width="${part(share)}" height="${ROW - 1}"><title>${of ? `${of}: ` : ''}${label}: ${figures}</title><rect class="${kind}" width="100%" height="100%" rx="2"/>${
    share > 0.025 ? html`<text x="6" y="16">${label}</text>` : undefined
  }</svg>`;
}

function framesOf(traces: readonly Analysed[]): Frame {
  const top: Frame = frame('', '');
  for (const { path } of traces) {
    for (const { node, cause, from, to } of path) {
      let at = top;
      for (const { service, operation } of callersOf(node)) {
        // A call and the answering of it are one frame.
        if (shortOperation(at.operation) !== shortOperation(operation)) {
          const below = at.below.get(operation) ?? frame(service, operation);
          at.below.set(operation, below);
          at = below;
          add(at.time, from, to);
        } else at.service = service;
      }
      const own = at.own.get(cause) ?? { ns: 0, began: 0, times: 0 };
      at.own.set(cause, own);
      add(own, from, to);
    }
  }
  const roots = [...top.below.values()];
  if (roots.length === 1) return roots[0] as Frame;
  for (const { time } of roots) top.time.ns += time.ns;
  return Object.assign(top, { service: 'all', operation: 'operations' });
}

function callersOf(node: Node): { service: string; operation: string }[] {
  const callers = [];
  for (let at: Node | undefined = node; at; at = at.parent) callers.push(at.span);
  return callers.reverse();
}

function frame(service: string, operation: string): Frame {
  return { service, operation, below: new Map(), own: new Map(), time: { ns: 0, began: 0, times: 0 } };
}

function add(time: Time, from: number, to: number): void {
  time.ns += to - from;
  time.began += from;
  time.times++;
}
