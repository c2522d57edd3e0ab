import { html, type Markup, page } from '@hotpath/html';
import { type Attempt, proves } from '../series.ts';
import { figure, verdict } from '../words.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';

/** What came of all attempts as one HTML page: their figures, and the timeline of each. */
export function toHtml(attempts: readonly Attempt[], madeAt: Date): string {
  const tried = attempts.filter((attempt) => !('notTried' in attempt));
  const good = tried.filter(proves).length;
  return page(
    'Chaos',
    html`
<h1>Chaos</h1>
<p class="quiet">${good} of ${tried.length} are as they must be, ${attempts.length - tried.length} not tried; ${madeAt.toISOString()}.</p>
<table>
<thead><tr><th></th><th class="number">#</th><th>scenario</th><th>measured, and its limit</th><th class="number">time</th></tr></thead>
<tbody>${attempts.map(row)}</tbody></table>
${attempts.map(section)}
`,
    style,
  );
}

function row(attempt: Attempt, i: number): Markup {
  const { scenario, defended } = attempt;
  const seconds = 'result' in attempt ? `${attempt.result.seconds} s` : '';
  return html`
<tr><td>${mark(attempt)}</td><td class="number">${scenario.number}</td><td><a href="#a${i}">${scenario.name}</a>${without(defended)}</td><td>${verdict(attempt)}</td><td class="number">${seconds}</td></tr>`;
}

function section(attempt: Attempt, i: number): Markup | undefined {
  if (!('result' in attempt)) return undefined;
  const { scenario, defended, result } = attempt;
  return html`<section id="a${i}">
<h2>${mark(attempt)} ${scenario.number}: ${scenario.name}${without(defended)}</h2>
<dl>${(['given', 'load', 'fault', 'holds', 'defence'] as const).map((word) => html`<dt>${word}</dt><dd>${scenario[word]}</dd>`)}
${result.where === 'cluster' ? html`<dt>cluster</dt><dd>${scenario.cluster?.shown ?? ''}</dd>` : undefined}</dl>
${timeline(result.recording)}
<table><tbody>${result.checks.map(
    (check) =>
      html`<tr><td class="mark">${sign(check.holds)}</td><td>${check.what}</td><td class="number">${figure(check)}</td></tr>`,
  )}</tbody></table>
</section>`;
}

function mark(attempt: Attempt): Markup {
  return 'notTried' in attempt ? html`<span class="quiet">not tried</span>` : sign(proves(attempt));
}

function sign(holds: boolean): Markup {
  return holds ? html`<span class="holds">✓</span>` : html`<span class="fails">✗</span>`;
}

const without = (defended: boolean) =>
  defended ? undefined : html`<span class="quiet">, without its defence</span>`;
