import type { Analysed } from '../analysis.ts';
import type { BandName } from '../bands.ts';
import type { Node } from '../node.ts';
import type { Operation } from '../what-if.ts';
import { count, shortOperation } from '../words.ts';

/** Something that a look at all traces shows. `text` says it; the rest is the same for programs. */
export type Finding =
  | ({ readonly kind: 'sequential'; readonly first: Operation; readonly second: Operation } & Told &
      Prediction)
  | ({ readonly kind: 'what-if'; readonly text: string } & Prediction)
  | ({ readonly kind: 'repeated'; readonly call: Operation; readonly callsPerTrace: number } & Told)
  | ({ readonly kind: 'retries'; readonly retries: number; readonly msPerRetriedTrace: number } & Told)
  | ({
      readonly kind: 'budget';
      readonly usedShareP99: number;
      readonly leastLeftMs: number;
      readonly past: number;
    } & Told)
  | { readonly kind: 'repair'; readonly text: string; readonly traces: number; readonly most: number };

/** The operation it was seen in, and in how many of the traces looked into. */
type Told = Operation & { readonly text: string; readonly traces: number };
/** What would become of each quantile. */
type Prediction = { readonly changeMs: Readonly<Record<BandName, number>> };

/** How many of each kind are told. */
export const TOLD = 3;

/** The entry of some operations in a map, made when there is none. */
export function entryOf<T>(map: Map<string, T>, operations: readonly Operation[], make: () => T): T {
  const key = operations.map(({ service, operation }) => `${service}\0${operation}`).join('\0');
  const entry = map.get(key) ?? make();
  map.set(key, entry);
  return entry;
}

export function operationOf({ span: { service, operation } }: Node): Operation {
  return { service, operation };
}

export function inWords({ service, operation }: Operation): string {
  return `${service} ${shortOperation(operation)}`;
}

export function ofTraces(traces: number, sample: readonly Analysed[]): string {
  return `${traces.toLocaleString('en')} of ${count(sample.length, 'trace')}`;
}
