import assert from 'node:assert/strict';
import { candidates } from './candidates.ts';
import { BATCHES, batch } from './prices.ts';

/** What is measured: a batch of 50 prices, and one price. */
export const operations = ['encode 50', 'decode 50', 'encode 1', 'decode 1'] as const;

export type Operation = (typeof operations)[number];

/** Nanoseconds per operation. */
export type Figures = Readonly<Record<Operation, number>>;

const WARM_UP_MS = 300;
const SLICE_MS = 60;
const SLICES = 9;

/** Measures one candidate in this process, after checking that it gives back what it was given. */
export async function measure(name: string): Promise<Figures> {
  const candidate = await candidates[name]?.();
  if (!candidate) throw new Error(`no candidate ${name}: there are ${Object.keys(candidates).join(', ')}`);
  const many = Array.from({ length: BATCHES }, (_, number) => batch(number).map(candidate.native));
  const one = many.map((prices) => prices[0]);
  const manyBytes = many.map((prices) => Buffer.from(candidate.encodeMany(prices)));
  const oneBytes = one.map((price) => Buffer.from(candidate.encodeOne(price)));
  assert.deepEqual(manyBytes.map(candidate.decodeMany).map(plain), many.map(plain));
  assert.deepEqual(oneBytes.map(candidate.decodeOne).map(plain), one.map(plain));
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

/**
 * The median over slices of a fixed time, in ns of this thread's processor time per operation: what else the machine
 * does is not counted.
 */
function time<T>(inputs: readonly T[], operation: (input: T) => unknown): number {
  const slice = (ms: number) => {
    let done = 0;
    let sink: unknown;
    const { user, system } = process.threadCpuUsage();
    for (const end = performance.now() + ms; performance.now() < end; done += inputs.length) {
      for (const input of inputs) sink = operation(input);
    }
    assert(sink);
    const now = process.threadCpuUsage();
    return ((now.user - user + now.system - system) * 1000) / done;
  };
  slice(WARM_UP_MS);
  return Array.from({ length: SLICES }, () => slice(SLICE_MS)).sort((a, b) => a - b)[SLICES >> 1] as number;
}
