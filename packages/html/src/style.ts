/** Colours, letters and tables of all reports. */
export const baseStyle = `
:root { --ink: #1c2733; --quiet: #5d6b79; --ground: #fbfbf9; --card: #ffffff; --line: #e3e6e8; --frame: #e9edf0; --whole: #d9dfe4; --mark: #2f6f9f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9ed; --quiet: #98a5b1; --ground: #14191e; --card: #1b2228; --line: #2c353d; --frame: #2a333b; --whole: #36414b; --mark: #7fb6dd; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 40px 28px 64px; max-width: 1120px; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; font-weight: 600; letter-spacing: -0.01em; }
h2 { margin: 36px 0 10px; font-size: 16px; font-weight: 600; }
p { margin: 4px 0 12px; }
.quiet { color: var(--quiet); fill: var(--quiet); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { padding: 6px 10px; text-align: left; color: var(--quiet); font-size: 12px; font-weight: 500; }
th.number { text-align: right; }
td { padding: 6px 10px; border-top: 1px solid var(--line); }
code { font-size: 13px; }
`;
