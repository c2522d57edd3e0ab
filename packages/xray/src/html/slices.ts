import { html, type Markup, part } from '@hotpath/html';
import type { Slice } from '../bands.ts';
import { causes } from '../span.ts';
import { msInWords, percent, shortOperation } from '../words.ts';

/** How many rows a table has; what is smaller is summed up. */
const ROWS = 20;

/** One bar for a whole duration, divided by cause. */
export function causesBar(slices: readonly Slice[]): Markup {
  let from = 0;
  const parts = causes.flatMap((cause) => {
    const share = slices.reduce((sum, slice) => sum + (slice.cause === cause ? slice.share : 0), 0);
    if (share === 0) return [];
    const drawn = html`<rect class="${cause}" x="${part(from)}" width="${part(share)}" height="100%"><title>${cause}: ${percent(share)}</title></rect>`;
    from += share;
    return [drawn];
  });
  return html`<svg class="bar" width="100%" height="12">${parts}</svg>`;
}

/** Which operation took how long for which cause. */
export function slicesTable(slices: readonly Slice[]): Markup {
  const most = slices[0]?.share ?? 1;
  const shown = slices.slice(0, ROWS);
  const rest = slices.slice(ROWS);
  const restMs = rest.reduce((ms, slice) => ms + slice.ms, 0);
  return html`<table>
<thead><tr><th>service</th><th>operation</th><th>cause</th><th class="number">time</th><th class="number">share</th><th></th></tr></thead>
<tbody>${shown.map(
    ({ service, operation, cause, ms, share }) => html`
<tr><td>${service}</td><td class="name" title="${operation}">${shortOperation(operation)}</td><td>${causeName(cause)}</td><td class="number">${msInWords(ms)}</td><td class="number">${percent(share)}</td><td class="meter"><svg width="100%" height="10"><rect class="${cause}" width="${part(share / most)}" height="100%" rx="2"/></svg></td></tr>`,
  )}${
    rest.length > 0
      ? html`<tr class="quiet"><td colspan="3">${rest.length} smaller ones</td><td class="number">${msInWords(restMs)}</td><td></td><td></td></tr>`
      : undefined
  }</tbody></table>`;
}

export function causeName(cause: string): Markup {
  return html`<span class="cause"><svg width="10" height="10"><rect class="${cause}" width="10" height="10" rx="2"/></svg>${cause}</span>`;
}
