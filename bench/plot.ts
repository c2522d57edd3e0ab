/** Plots as SVG, without a library: few marks, and colours that can be read on white and on black. */

/** One bar: what was found, and between which least and greatest. */
export type Bar = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** How the value is written beside it. */
  readonly text: string;
  /** Ours stand out. */
  readonly strong: boolean;
};

/** Points of one peer, joined. */
export type Line = { readonly label: string; readonly points: readonly (readonly [x: number, y: number])[] };

const WIDTH = 760;
const colours = ['#2f81f7', '#db6d28', '#3fb950', '#a371f7', '#e85aad', '#768390'];
const style = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.bar { fill: #8c959f } .strong { fill: #2f81f7 }
.axis, .range { stroke: #59636e; fill: none }
.grid { stroke: #8c959f; stroke-opacity: .3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis, .range { stroke: #9198a1 } }
</style>`;

/** Bars from nought, the least and the greatest as a thin line over each. */
export function barPlot(title: string, bars: readonly Bar[]): string {
  const [left, top, row] = [210, 36, 26];
  const most = Math.max(...bars.map(({ max }) => max));
  const length = (value: number) => round(((WIDTH - left - 110) * value) / most);
  const marks = bars.map(({ label, value, min, max, text, strong }, index) => {
    const y = top + index * row;
    const middle = y + row / 2 - 4;
    const from = left + length(min);
    const to = left + length(max);
    return [
      words(left - 8, y + 14, label, 'end'),
      `<rect class="bar${strong ? ' strong' : ''}" x="${left}" y="${y}" width="${length(value)}" height="${row - 8}" rx="2"/>`,
      `<path class="range" d="M${from} ${middle}H${to}M${from} ${middle - 4}v8M${to} ${middle - 4}v8"/>`,
      words(to + 8, y + 14, text),
    ].join('');
  });
  return svg(title, top + bars.length * row, marks);
}

/** Lines over logarithmic axes; on both, marks at the powers of ten. */
export function linePlot(title: string, xTitle: string, yTitle: string, lines: readonly Line[]): string {
  const [left, top, right, bottom] = [64, 52, WIDTH - 220, 310];
  const axis = (values: readonly number[], from: number, to: number) => {
    const [low, high] = [Math.floor, Math.ceil].map((toward, index) =>
      toward(Math.log10(index === 0 ? Math.min(...values) : Math.max(...values))),
    ) as [number, number];
    const span = Math.max(1, high - low);
    return {
      at: (value: number) => round(from + ((to - from) * (Math.log10(value) - low)) / span),
      ticks: Array.from({ length: span + 1 }, (_, index) => 10 ** (low + index)),
    };
  };
  const points = lines.flatMap((line) => line.points);
  const x = axis(
    points.map(([value]) => value),
    left,
    right,
  );
  const y = axis(
    points.map(([, value]) => value),
    bottom,
    top,
  );
  const marks = [
    ...x.ticks.map(
      (tick) =>
        `<path class="grid" d="M${x.at(tick)} ${top}V${bottom}"/>${words(x.at(tick), bottom + 18, short(tick), 'middle')}`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${left} ${y.at(tick)}H${right}"/>${words(left - 8, y.at(tick) + 4, short(tick), 'end')}`,
    ),
    `<path class="axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    words((left + right) / 2, bottom + 38, xTitle, 'middle'),
    words(left - 8, top - 14, yTitle, 'end'),
    ...lines.map(({ label, points }, index) => {
      const colour = colours[index % colours.length];
      const dash = index < colours.length ? '' : ' stroke-dasharray="6 4"';
      const way = points.map(([a, b]) => `${x.at(a)},${y.at(b)}`).join(' ');
      const dots = points.map(([a, b]) => `<circle cx="${x.at(a)}" cy="${y.at(b)}" r="3" fill="${colour}"/>`);
      const key = top + 8 + index * 20;
      return (
        `<polyline points="${way}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>${dots.join('')}` +
        `<path d="M${right + 12} ${key}h24" stroke="${colour}" stroke-width="3"${dash}/>${words(right + 42, key + 4, label)}`
      );
    }),
  ];
  return svg(title, bottom + 46, marks);
}

const svg = (title: string, height: number, marks: readonly string[]) =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>${style}`,
    `<text class="title" x="8" y="20">${escaped(title)}</text>`,
    ...marks,
    '</svg>\n',
  ].join('\n');

const words = (x: number, y: number, text: string, anchor = 'start') =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const round = (value: number) => Math.round(value * 10) / 10;
const short = (value: number) =>
  value >= 1 ? value.toLocaleString('en') : String(round(value * 1000) / 1000);
