import { cpus } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { command } from '@hotpath/cli';
import { type Call, closedLoop, quantile, warmUp } from '../../../bench/load.ts';
import { launch } from './launch.ts';
import { parcelsOf } from './orders.ts';
import { rateFor } from './rates.ts';

const help = `What the move of docs/forking.md brings. Starts both services as they were and as they are, by turns, each launch anew,
and asks for orders: one at a time for how long one takes, eight at a time for how many are done. Every answer is checked.

  npm run bench:hot-call

  --help  print this

Settings, as environment variables:
  LAUNCHES 5   of each side
  MS 4000      how long each load runs
`;

const launches = Number(process.env.LAUNCHES ?? 5);
const ms = Number(process.env.MS ?? 4000);
const sides = ['before', 'after'] as const;

const measured = { before: [] as Figures[], after: [] as Figures[] };
await command({ name: 'npm run bench:hot-call', help }, async () => {
  for (let number = 1; number <= launches; number++) {
    for (const side of sides) {
      process.stderr.write(`launch ${number} of ${launches}: ${side}\n`);
      measured[side].push(await measure(side));
    }
  }

  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${new Date().toISOString()}`);
  console.log(`an order of 40 parcels, medians of ${launches} launches, least and greatest in brackets\n`);
  report('p50, one at a time', 'ms', ({ p50 }) => p50);
  report('p99, one at a time', 'ms', ({ p99 }) => p99);
  report('eight at a time', 'orders/s', ({ perSecond }) => perSecond);
});

/** What one launch has shown. */
type Figures = { readonly p50: number; readonly p99: number; readonly perSecond: number };

async function measure(side: (typeof sides)[number]): Promise<Figures> {
  const services = await launch(side);
  try {
    const call: Call = async (number) => {
      const order = number % 1000 === 404 ? 0 : number % 1000;
      const answer = await (await fetch(`${services.orders}/orders/${order}`)).json();
      const expected = parcelsOf(order).map((parcel) => ({
        ...parcel,
        ...rateFor(parcel.zone, parcel.grams),
      }));
      if (!isDeepStrictEqual(answer, { parcels: expected })) throw new Error(`order ${order} is wrong`);
    };
    await warmUp(call, 8, ms / 2);
    const alone = await closedLoop(call, { inFlight: 1, ms });
    const many = await closedLoop(call, { inFlight: 8, ms });
    return {
      p50: quantile(alone.latenciesMs, 0.5),
      p99: quantile(alone.latenciesMs, 0.99),
      perSecond: (many.latenciesMs.length * 1000) / many.elapsedMs,
    };
  } finally {
    await services.stop();
  }
}

function report(what: string, unit: string, figure: (figures: Figures) => number): void {
  const [before, after] = sides.map((side) => measured[side].map(figure).sort((a, b) => a - b));
  const median = (values: readonly number[] = []) => values[values.length >> 1] ?? Number.NaN;
  const words = (values: readonly number[] = []) =>
    `${round(median(values))} (${round(values[0])}-${round(values.at(-1))})`;
  const ratio = round(median(after) / median(before));
  console.log(
    `${what.padEnd(20)}before ${words(before).padEnd(22)}after ${words(after).padEnd(22)}${unit.padEnd(9)} ${ratio} x`,
  );
}

function round(value = Number.NaN): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
