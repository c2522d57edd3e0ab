import { html, type Markup, page } from '@hotpath/html';
import type { Analysis } from '../analysis.ts';
import { bandsOf, type PicturedBand, type Report } from '../report.ts';
import { causes } from '../span.ts';
import { count, msInWords } from '../words.ts';
import { flame } from './flame.ts';
import { causeName, causesBar, slicesTable } from './slices.ts';
import { style } from './style.ts';
import { waterfall } from './waterfall.ts';

/** The report as one HTML page. */
export function toHtml(report: Report, analysis: Analysis): string {
  return page('X-ray', reportBody(report, analysis), style);
}

/** What the page shows. @param choice stands below its heading */
export function reportBody(report: Report, analysis: Analysis, choice?: Markup): Markup {
  const bands = bandsOf(analysis);
  const { traces, spans } = report;
  return html`
<h1>X-ray</h1>
<p class="quiet">Where the time of ${count(traces, 'request')} goes, of ${count(spans, 'span')}.</p>
${choice}
${bands.map(({ band }, i) => html`<input class="choice ${band}" type="radio" name="band" id="${band}" aria-label="${band}" ${i === 0 ? 'checked' : ''}>`)}
${bandCards(bands)}
${legend(bands)}
${bands.map(bandSection)}
${list(
  'What else the traces show',
  report.findings.map(({ text }) => text),
)}
${list('Left out', leftOut(report))}
`;
}

export function bandCards(bands: readonly PicturedBand[]): Markup {
  return html`<div class="bands">${bands.map(
    ({ band, durationMs, slices }) =>
      html`<label class="${band}" for="${band}"><span class="quiet">${band}</span><strong>${msInWords(durationMs)}</strong>${causesBar(slices)}</label>`,
  )}</div>`;
}

export function legend(bands: readonly PicturedBand[]): Markup {
  const there = new Set(bands.flatMap(({ slices }) => slices.map(({ cause }) => cause)));
  return html`<div class="legend">${causes.filter((cause) => there.has(cause)).map(causeName)}</div>`;
}

function bandSection(band: PicturedBand): Markup {
  return html`<section class="band ${band.band}">
<h2>The critical path at ${band.band}</h2>
<p class="quiet">${count(band.traces.length, 'trace')} about this long, laid over each other: wide is long, below is what was waited for.</p>
${flame(band)}
<h2>What the time went to</h2>
${slicesTable(band.slices)}
<h2>One of them</h2>
<p class="quiet">Trace <code>${band.exemplar.trace.id}</code>, ${msInWords(band.exemplar.durationNs / 1e6)}. In colour what is on its critical path.</p>
${waterfall(band.exemplar)}
</section>`;
}

function list(title: string, items: readonly string[]): Markup | undefined {
  if (items.length === 0) return undefined;
  return html`<h2>${title}</h2><ul class="findings">${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

function leftOut({ skipped }: Report): string[] {
  const reasons = Map.groupBy(skipped, ({ why }) => why);
  return [...reasons].map(([why, traces]) => `${count(traces.length, 'trace')}: ${why}`);
}
