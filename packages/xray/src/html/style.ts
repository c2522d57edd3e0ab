/** What the page has besides the base. Each cause has one colour, light enough for dark letters in both schemes. */
export const style = `
.bands { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; margin: 26px 0 8px; }
.bands label, .card { display: block; padding: 14px 16px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.bands label { cursor: pointer; }
.bands strong { display: block; margin-bottom: 8px; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.bands svg, .flame, .waterfall { display: block; }
.choice { position: absolute; opacity: 0; }
.band { display: none; }
.p50:checked ~ .bands .p50, .p90:checked ~ .bands .p90, .p99:checked ~ .bands .p99 { border-color: var(--mark); box-shadow: inset 0 0 0 1px var(--mark); }
.choice:focus-visible ~ .bands label { outline: 2px dotted var(--mark); outline-offset: 3px; }
.p50:checked ~ .band.p50, .p90:checked ~ .band.p90, .p99:checked ~ .band.p99 { display: block; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 14px; color: var(--quiet); font-size: 13px; }
.cause { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
.bar { border-radius: 3px; }
.flame svg text { fill: #14202b; }
.flame svg rect.frame + text { fill: var(--ink); }
rect.frame { fill: var(--frame); }
.flame rect { stroke: var(--ground); }
rect.whole { fill: var(--whole); }
.tick { stroke: var(--line); }
rect.handler { fill: #82b1dd; } rect.database { fill: #5fc3b1; } rect.pool { fill: #a6d08d; }
rect.queue { fill: #ecce75; } rect.coalesce { fill: #c3b3ea; } rect.admission { fill: #f5b77e; }
rect.network { fill: #b3bdc7; } rect.backoff { fill: #ea8992; } rect.eventloop { fill: #e6a3d0; }
rect.before { fill: var(--whole); } rect.after { fill: var(--mark); }
.name { max-width: 380px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.meter { width: 22%; }
.findings { margin: 0; padding-left: 20px; } .findings li { margin: 5px 0; } .findings li::marker { color: var(--mark); }
@media (max-width: 720px) { .bands { grid-template-columns: 1fr; } .meter { display: none; } }
`;
