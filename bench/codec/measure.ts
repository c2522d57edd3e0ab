import { isDeepStrictEqual } from 'node:util';
import { WrongAnswer } from '../check.ts';
import { BATCHES, scattered } from '../data.ts';
import type { Pace } from '../suites/suite.ts';
import { candidates } from './candidates.ts';

/** What is measured: a batch of 50 prices, and one price. */
export const operations = ['encode 50', 'decode 50', 'encode 1', 'decode 1'] as const;

export type Operation = (typeof operations)[number];

/** Nanoseconds per operation. */
export type Figures = Readonly<Record<Operation, number>>;

const SLICES = 9;

/** Measures one candidate in this process, after checking that it gives back what it was given. */
export async function measure(name: string, { warmUpMs, measuredMs }: Pace): Promise<Figures> {
  const candidate = await candidates[name]?.();
  if (!candidate) throw new Error(`no candidate ${name}: there are ${Object.keys(candidates).join(', ')}`);
  const many = Array.from({ length: BATCHES }, (_, number) => scattered(number).map(candidate.native));
  const one = many.map((prices) => prices[0]);
  const manyBytes = many.map((prices) => Buffer.from(candidate.encodeMany(prices)));
  const oneBytes = one.map((price) => Buffer.from(candidate.encodeOne(price)));
  mustEqual(manyBytes.map(candidate.decodeMany), many, name);
  mustEqual(oneBytes.map(candidate.decodeOne), one, name);
  const time = timer(warmUpMs / 5, measuredMs / 40);
  return {
    'encode 50': time(many, candidate.encodeMany),
    'decode 50': time(manyBytes, candidate.decodeMany),
    'encode 1': time(one, candidate.encodeOne),
    'decode 1': time(oneBytes, candidate.decodeOne),
  };
}

/** Messages of a class (protobufjs) and plain objects, comparable. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item)));
}

function mustEqual(read: readonly unknown[], written: readonly unknown[], name: string): void {
  if (isDeepStrictEqual(read.map(plain), written.map(plain))) return;
  throw new WrongAnswer(`${name} does not give back what it was given`);
}

/**
 * Takes the median over slices of a fixed time, in ns of this thread's processor time per operation: what else the
 * machine does is not counted.
 */
function timer(warmUpMs: number, sliceMs: number) {
  return <T>(inputs: readonly T[], operation: (input: T) => unknown): number => {
    let sink: unknown;
    const slice = (ms: number) => {
      let done = 0;
      const { user, system } = process.threadCpuUsage();
      for (const end = performance.now() + ms; performance.now() < end; done += inputs.length) {
        for (const input of inputs) sink = operation(input);
      }
      const now = process.threadCpuUsage();
      return ((now.user - user + now.system - system) * 1000) / done;
    };
    slice(warmUpMs);
    const slices = Array.from({ length: SLICES }, () => slice(sliceMs)).sort((a, b) => a - b);
    if (sink === undefined) throw new WrongAnswer('the operation gives nothing'); // and V8 may not leave it out
    return slices[SLICES >> 1] as number;
  };
}
