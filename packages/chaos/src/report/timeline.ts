import { html, type Markup } from '@hotpath/html';
import { latencyOf } from '../latency.ts';
import type { Outcome, Recording } from '../recording.ts';

const WIDTH = 1000;
const HEIGHT = 130;
/** Room for what stands left of and above a plot. */
const LEFT = 56;
const TOP = 18;
/** In how many parts the time is divided, by how many requests there are: enough for each to have some. */
const bucketsFor = (requests: number) => Math.max(24, Math.min(80, Math.round(requests / 10)));
/** How many kinds of outcome have a colour of their own. */
const KINDS = 6;

/** What is good news in any scenario. */
const good = ['200', 'OK', 'SERVING'];

/** The requests of a part of the trial, by when they were due, and how long it is. */
type Bucket = { readonly ms: number; readonly outcomes: readonly Outcome[] };

/** What was answered, and how fast, over the time of a trial, with the windows of its fault. */
export function timeline(recording: Recording): Markup {
  const { outcomes } = recording;
  if (outcomes.length === 0) {
    return html`${svg(TOP + 8, html`${windows(recording, 8)}`)}<p class="quiet">No requests were counted in this one.</p>`;
  }
  const buckets = bucketsOf(recording);
  return html`<div class="legend">${kindsOf(outcomes).map(
    ({ kind, count }, i) =>
      html`<span class="kind"><svg width="10" height="10"><rect class="${colour(kind, i)}" width="10" height="10" rx="2"/></svg>${kind}: ${count}</span>`,
  )}</div>
${svg(TOP + HEIGHT, html`${windows(recording, HEIGHT)}${answers(buckets, kindsOf(outcomes))}`)}
<div class="legend"><span class="kind"><span class="p50">p50</span></span><span class="kind"><span class="p99">p99</span></span><span class="kind"><span class="max">slowest</span></span></div>
${svg(TOP + HEIGHT + 18, html`${windows(recording, HEIGHT)}${latencies(buckets)}${seconds(recording)}`)}`;
}

function svg(height: number, inside: Markup): Markup {
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Timeline">${inside}</svg>`;
}

/** Where each phase begins, and the fault's as an area. */
function windows({ phases, startedAt, endedAt }: Recording, height: number): Markup[] {
  const x = (at: number) => LEFT + ((at - startedAt) / (endedAt - startedAt)) * (WIDTH - LEFT);
  return phases.map(({ phase, at }, i) => {
    const [from, to] = [x(at), x(phases[i + 1]?.at ?? endedAt)];
    const name =
      to - from > 45 ? html`<text class="quiet" x="${round(from + 4)}" y="12">${phase}</text>` : undefined;
    return html`<rect class="phase ${phase}" x="${round(from)}" y="0" width="${round(to - from)}" height="${TOP + height}"><title>${phase}</title></rect>${name}`;
  });
}

/** Requests per second by outcome, stacked. */
function answers(buckets: readonly Bucket[], kinds: readonly Kind[]): Markup {
  const most = Math.max(...buckets.map(({ outcomes }) => outcomes.length));
  const wide = widthOf(buckets);
  const bars = buckets.flatMap(({ outcomes }, at) => {
    let y = TOP + HEIGHT;
    return kinds.map(({ kind, has }, i) => {
      const count = outcomes.filter(({ result }) => has(result)).length;
      if (count === 0) return undefined;
      const high = (count / most) * HEIGHT;
      y -= high;
      return html`<rect class="${colour(kind, i)}" x="${round(LEFT + at * wide)}" y="${round(y)}" width="${round(wide - 1)}" height="${round(high)}"><title>${kind}: ${count}</title></rect>`;
    });
  });
  const perSecond = (most * 1_000) / (buckets[0]?.ms ?? 1);
  return html`${scale(`${Math.round(perSecond)}/s`)}${bars}`;
}

/** Percentiles of what was due in each part. */
function latencies(buckets: readonly Bucket[]): Markup {
  const all = buckets.map(({ outcomes }) => latencyOf(outcomes));
  const most = Math.max(...all.map((latency) => latency?.max ?? 0));
  const wide = widthOf(buckets);
  const lines = (['max', 'p99', 'p50'] as const).map((name) => {
    let pen = 'M';
    const path = all.map((latency, i) => {
      if (!latency) {
        pen = 'M';
        return '';
      }
      const point = `${pen}${round(LEFT + (i + 0.5) * wide)} ${round(TOP + HEIGHT * (1 - latency[name] / most))}h0.01`;
      pen = 'L';
      return point;
    });
    return html`<path class="line ${name}" d="${path.join('')}"/>`;
  });
  return html`${scale(`${Math.round(most)} ms`)}${lines}`;
}

/** The highest value and zero, at the left. */
function scale(most: string): Markup {
  return html`<text class="quiet" x="0" y="${TOP + 9}">${most}</text><text class="quiet" x="0" y="${TOP + HEIGHT}">0</text><line class="tick" x1="${LEFT}" x2="${WIDTH}" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT}"/>`;
}

function seconds({ startedAt, endedAt }: Recording): Markup[] {
  const total = (endedAt - startedAt) / 1_000;
  const step = [1, 2, 5, 10, 20, 30, 60].find((seconds) => total / seconds <= 12) ?? 120;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => {
    const at = LEFT + ((i * step) / total) * (WIDTH - LEFT);
    return html`<text class="quiet" x="${round(Math.min(at, WIDTH - 24))}" y="${TOP + HEIGHT + 15}">${i * step} s</text>`;
  });
}

function bucketsOf({ startedAt, endedAt, outcomes }: Recording): Bucket[] {
  const length = bucketsFor(outcomes.length);
  const ms = (endedAt - startedAt) / length;
  const all = Map.groupBy(outcomes, ({ dueAt }) =>
    Math.min(length - 1, Math.floor((dueAt - startedAt) / ms)),
  );
  return Array.from({ length }, (_, i) => ({ ms, outcomes: all.get(i) ?? [] }));
}

type Kind = { readonly kind: string; readonly count: number; has(result: string): boolean };

/** The most frequent outcomes, what is good news first, and all others as one. */
function kindsOf(outcomes: readonly Outcome[]): Kind[] {
  const counts = [...Map.groupBy(outcomes, ({ result }) => result)]
    .map(([kind, { length: count }]) => ({ kind, count, has: (result: string) => result === kind }))
    .sort((a, b) => Number(good.includes(b.kind)) - Number(good.includes(a.kind)) || b.count - a.count);
  const [own, others] = [counts.slice(0, KINDS), counts.slice(KINDS)];
  if (others.length === 0) return own;
  const count = others.reduce((sum, other) => sum + other.count, 0);
  return [...own, { kind: 'others', count, has: (result) => others.some(({ kind }) => kind === result) }];
}

function colour(kind: string, i: number): string {
  return good.includes(kind) ? 'good' : `bad-${i}`;
}

const widthOf = ({ length }: readonly Bucket[]) => (WIDTH - LEFT) / length;
const round = (number: number) => number.toFixed(1);
