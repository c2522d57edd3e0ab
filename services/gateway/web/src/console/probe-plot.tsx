import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import Plot from 'uplot';
import { outcomeOf, outcomes } from './outcomes.ts';
import { keptSeconds, type Sample, seconds } from './probe.ts';

const height = 260;
const colours = { answered: '--good', deadline: '--accent', failed: '--bad' } as const;
const stillMs = matchMedia('(prefers-reduced-motion: reduce)').matches ? 1_000 : 200;

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * The answers of the last minute as points, by when they were asked for and how long they took, and the deadline as a
 * line. The table beside it says the same.
 */
export function ProbePlot(props: {
  readonly samples: Signal<readonly Sample[]>;
  /** ms; undefined before it is known. */
  readonly deadline: number | undefined;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const { samples, deadline } = props;
  useEffect(() => {
    const element = frame.current as HTMLDivElement;
    const plot = new Plot(optionsOf(element.clientWidth, deadline), [[]], element);
    const draw = () => plot.setData(dataOf(samples.peek(), deadline));
    draw();
    const timer = setInterval(draw, stillMs);
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      clearInterval(timer);
      resized.disconnect();
      plot.destroy();
    };
  }, [samples, deadline]);
  return <div class="plot" ref={frame} aria-hidden="true" />;
}

function optionsOf(width: number, deadline: number | undefined): Plot.Options {
  const axis: Plot.Axis = {
    stroke: () => token('--quiet'),
    grid: { stroke: () => token('--line'), width: 1 },
    ticks: { show: false },
  };
  const points = outcomes.map((outcome): Plot.Series => {
    const stroke = () => token(colours[outcome]);
    // Told apart by shape as well: what ended by its deadline is a ring.
    const fill = outcome === 'deadline' ? () => token('--surface') : stroke;
    return {
      stroke,
      paths: () => null,
      points: { show: true, size: outcome === 'answered' ? 5 : 8, stroke, fill, width: 2 },
    };
  });
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [-keptSeconds, 0] },
      y: { range: (_plot, _least, most) => [0, Math.max(1.25 * (deadline ?? 0), 1.1 * (most ?? 0), 20)] },
    },
    axes: [
      {
        ...axis,
        values: (_plot, splits) => splits.map((at) => `${at.toLocaleString('en')} s`.replace('-', '−')),
        space: 70,
      },
      { ...axis, values: (_plot, splits) => splits.map((ms) => `${ms.toLocaleString('en')} ms`), size: 76 },
    ],
    series: [
      {},
      ...points,
      { stroke: () => token('--text'), width: 2, dash: [8, 6], points: { show: false } },
    ],
  };
}

/** Columns as uPlot wants them: s before now, then a value or nothing for each outcome, then the deadline. */
function dataOf(samples: readonly Sample[], deadline: number | undefined): Plot.AlignedData {
  const sorted = samples.toSorted((a, b) => a.at - b.at);
  const now = seconds();
  const edge = (at: number) => [at, null, null, null, deadline ?? null] as const;
  const rows = [
    edge(-keptSeconds),
    ...sorted.map((sample) => [
      sample.at - now,
      ...outcomes.map((outcome) => (outcomeOf(sample) === outcome ? sample.ms : null)),
      deadline ?? null,
    ]),
    edge(0),
  ];
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  return [column(0) as number[], column(1), column(2), column(3), column(4)];
}
