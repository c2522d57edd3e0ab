import { html, type Markup, page, part } from '@hotpath/html';
import type { Analysis } from '../analysis.ts';
import type { BandChange, SliceChange } from '../diff.ts';
import { interval, signed } from '../diff-terminal.ts';
import { bandsOf, type PicturedBand } from '../report.ts';
import { changeInWords, msInWords, shortOperation } from '../words.ts';
import { flame } from './flame.ts';
import { legend } from './report.ts';
import { causeName } from './slices.ts';
import { style } from './style.ts';

/** How many rows of what changed each band has. */
const ROWS = 12;

/** A comparison as one HTML page: how each quantile changed, where, and both critical paths. */
export function diffToHtml(
  changes: readonly BandChange[],
  seed: number,
  before: Analysis,
  after: Analysis,
): string {
  const [pictured, picturedAfter] = [bandsOf(before), bandsOf(after)];
  return page(
    'X-ray: before and after',
    html`
<h1>Before and after</h1>
<p class="quiet">The intervals hold with 95 % certainty (bootstrap, seed ${seed}).</p>
${changes.map(({ band }, i) => html`<input class="choice ${band}" type="radio" name="band" id="${band}" aria-label="${band}" ${i === 0 ? 'checked' : ''}>`)}
<div class="bands">${changes.map(changeCard)}</div>
${legend([...pictured, ...picturedAfter])}
${changes.map((change, i) => bandSection(change, pictured[i] as PicturedBand, picturedAfter[i] as PicturedBand))}
`,
    style,
  );
}

function changeCard({ band, beforeMs, afterMs, changeShare }: BandChange): Markup {
  const most = Math.max(beforeMs, afterMs);
  return html`<label class="${band}" for="${band}"><span class="quiet">${band}: ${msInWords(beforeMs)} to ${msInWords(afterMs)}</span><strong>${signed(changeShare.change)}</strong>${pair(beforeMs / most, afterMs / most)}<span class="quiet">${interval(changeShare)}</span></label>`;
}

function pair(before: number, after: number): Markup {
  return html`<svg width="100%" height="20"><rect class="before" width="${part(before)}" height="9" rx="2"><title>before</title></rect><rect class="after" y="11" width="${part(after)}" height="9" rx="2"><title>after</title></rect></svg>`;
}

function bandSection({ band, slices }: BandChange, before: PicturedBand, after: PicturedBand): Markup {
  const most = slices.reduce((ms, { beforeMs, afterMs }) => Math.max(ms, beforeMs, afterMs), 0);
  return html`<section class="band ${band}">
<h2>What changed at ${band}</h2>
<table>
<thead><tr><th>service</th><th>operation</th><th>cause</th><th class="number">before</th><th class="number">after</th><th class="number">change</th><th></th></tr></thead>
<tbody>${slices.slice(0, ROWS).map((slice) => changeRow(slice, most))}</tbody></table>
<h2>The critical path before</h2>
${flame(before)}
<h2>The critical path after</h2>
${flame(after)}
</section>`;
}

function changeRow({ service, operation, cause, beforeMs, afterMs }: SliceChange, most: number): Markup {
  return html`
<tr><td>${service}</td><td class="name" title="${operation}">${shortOperation(operation)}</td><td>${causeName(cause)}</td><td class="number">${msInWords(beforeMs)}</td><td class="number">${msInWords(afterMs)}</td><td class="number">${changeInWords(afterMs - beforeMs)}</td><td class="meter">${pair(beforeMs / most, afterMs / most)}</td></tr>`;
}
