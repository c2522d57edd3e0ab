import { html, page } from '@hotpath/html';
import { reportBody, style } from '../html/index.ts';
import { reportOf } from '../report.ts';
import { type View, viewOf } from './view.ts';

const script = '/refresh.js';

const own = `
.operations { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 14px 0 0; padding: 0; list-style: none; font-size: 14px; }
.operations a { color: var(--mark); }
.operations a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
body.stale::before { content: "The shop does not answer: this is from before."; display: block; margin-bottom: 14px; color: var(--quiet); }
`;

/** The X-ray of one operation, which keeps itself new, with a choice of the others. */
export function livePage(view: View, operation: string): string {
  const analysis = viewOf(view, operation);
  const choice = html`<ul class="operations">${view.operations.map(
    ({ name, traces }) =>
      html`<li><a href="/?operation=${encodeURIComponent(name)}" ${name === operation ? { markup: 'aria-current="page"' } : undefined}>${name}</a> <span class="quiet">${traces}</span></li>`,
  )}</ul>`;
  return page('X-ray', reportBody(reportOf(analysis), analysis, choice), style + own, script);
}

/** What there is to see before there is anything. @param operation one that was asked for, of which there is no trace */
export function emptyPage(shop: string | undefined, operation: string | undefined): string {
  return page(
    'X-ray',
    html`
<h1>X-ray</h1>
<p>${operation === undefined ? 'No request has been seen yet.' : html`No request of <code>${operation}</code> has been seen yet.`}
Open a page of the shop, or ask its API: what they wait for shows here some seconds later.</p>
${shop === undefined ? undefined : html`<pre><code>curl '${shop}/api/products?pageSize=20'</code></pre>`}
`,
    style + own,
    script,
  );
}
