/** What the page has besides the base. */
export const style = `
:root { --good: #6fbf8b; --fault: #e5484d; --line-50: #2f6f9f; --line-99: #c77b1c; --line-max: #b04a5a; }
@media (prefers-color-scheme: dark) { :root { --good: #4f9d6c; --line-50: #7fb6dd; --line-99: #e2a95a; --line-max: #ea8992; } }
h2 { margin-top: 56px; font-size: 19px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
a:hover { text-decoration-color: var(--mark); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0 0 14px; font-size: 14px; }
dt { color: var(--quiet); } dd { margin: 0; }
.holds { color: var(--good); font-weight: 600; } .fails { color: var(--fault); font-weight: 600; }
td.mark { width: 32px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 10px 0 4px; color: var(--quiet); font-size: 13px; }
.kind { display: inline-flex; align-items: center; gap: 6px; max-width: 30em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.timeline { display: block; width: 100%; margin-bottom: 6px; }
.phase { fill: var(--card); stroke: var(--line); stroke-width: 1; } .phase.fault { fill: var(--fault); fill-opacity: 0.12; }
.tick { stroke: var(--line); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line.p50 { stroke: var(--line-50); } .line.p99 { stroke: var(--line-99); } .line.max { stroke: var(--line-max); stroke-width: 1; }
span.p50 { color: var(--line-50); } span.p99 { color: var(--line-99); } span.max { color: var(--line-max); }
rect.good { fill: var(--good); }
rect.bad-0, rect.bad-1 { fill: #ecae5e; } rect.bad-2 { fill: #d9787f; } rect.bad-3 { fill: #a98fd8; }
rect.bad-4 { fill: #6fa8d6; } rect.bad-5 { fill: #c98bb9; } rect.bad-6 { fill: #9aa5af; }
`;
