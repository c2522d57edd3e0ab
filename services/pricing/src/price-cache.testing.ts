import { type PriceResponse, type Segment, segments, toMinor } from '@hotpath/contracts';
import { toPay } from './price.ts';

/**
 * What may be known of prices from outside: each write has an instant from which it may be in effect and one from which
 * it surely is, in `performance.now()` ms. Sales start and end by the database's clock, Unix ms.
 */
interface Write {
  readonly from: number;
  sure: number;
}
interface BaseWrite extends Write {
  readonly minor: bigint;
}
interface SaleWrite extends Write {
  readonly percentOff: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Its early end, where somebody ended it. */
  ended?: Write & { readonly at: number };
}

/** Everything that was written of one product, in the order of the writes, which are made one after the other. */
export interface History {
  readonly bases: BaseWrite[];
  readonly sales: SaleWrite[];
}

/** A price that was read, and when: in `performance.now()` ms, and in Unix ms. */
export interface Read {
  readonly price: PriceResponse;
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Clocks in whole ms are cut off, on both sides. */
const clockMs = 2;
const justBefore = 0.001;

/**
 * Whether a price was right at some instant of the reading: by what had been written `delayMs` before the reading began,
 * or later, and by the sales that ran while it was read, no earlier.
 */
export function isRight({ bases, sales }: History, read: Read, delayMs: number): boolean {
  const { start, end, startMs, endMs, price, segment } = read;
  const writes: Write[] = [...bases, ...sales, ...sales.flatMap(({ ended }) => ended ?? [])];
  const changes = writes.flatMap(({ from, sure }) => [from, sure]);
  const boundaries = sales.flatMap(({ startsAt, endsAt, ended }) => [startsAt, endsAt, ended?.at ?? endsAt]);
  const baseMinor = toMinor(price.basePrice, 'INR');
  const paid = toMinor(price.discountedPrice, 'INR');
  return instants(start - delayMs, end, changes).some(
    (known) =>
      basesAt(bases, known).includes(baseMinor) &&
      instants(startMs, endMs, boundaries).some((now) =>
        percentsAt(sales, known, now).some(
          (percentOff) =>
            toPay({ productId: 0n, currency: 'INR', baseMinor, percentOff, saleEndsAt: null }, segment) ===
            paid,
        ),
      ),
  );
}

/** Instants of a span, one of each stretch in which nothing changes. */
function instants(from: number, to: number, changes: readonly number[]): number[] {
  const inside = changes.flatMap((at) => [at - justBefore, at]).filter((at) => at > from && at < to);
  return [from, ...inside, to];
}

/** The base prices that may have been in effect. */
function basesAt(bases: readonly BaseWrite[], known: number): bigint[] {
  const newest = bases.findLastIndex(({ sure }) => sure <= known);
  return bases.filter(({ from }, index) => index >= newest && from <= known).map(({ minor }) => minor);
}

/** What the sale that applied may have taken off. */
function percentsAt(sales: readonly SaleWrite[], known: number, now: number): number[] {
  const statuses = sales.map((sale) => ({ percentOff: sale.percentOff, runs: runsAt(sale, known, now) }));
  const certain = Math.max(0, ...statuses.filter(({ runs }) => runs === 'yes').map((one) => one.percentOff));
  const possible = statuses.filter(({ runs, percentOff }) => runs === 'maybe' && percentOff > certain);
  return [certain, ...possible.map(({ percentOff }) => percentOff)];
}

type Maybe = 'yes' | 'maybe' | 'no';

function runsAt({ startsAt, endsAt, ended, ...stored }: SaleWrite, known: number, now: number): Maybe {
  const before = during(startsAt, endsAt, now);
  const after = ended ? during(startsAt, ended.at, now) : before;
  return both(done(stored, known), either(done(ended, known), after, before));
}

const done = (write: Write | undefined, known: number): Maybe =>
  !write || known < write.from ? 'no' : known < write.sure ? 'maybe' : 'yes';

function during(from: number, to: number, now: number): Maybe {
  if (now < from - clockMs || now > to + clockMs) return 'no';
  return now > from + clockMs && now < to - clockMs ? 'yes' : 'maybe';
}

const both = (a: Maybe, b: Maybe): Maybe =>
  a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'maybe';

const either = (which: Maybe, ifYes: Maybe, ifNo: Maybe): Maybe =>
  which === 'yes' ? ifYes : which === 'no' || ifYes === ifNo ? ifNo : 'maybe';

/** All segments, for readers to choose from. */
export const segmentNames = Object.keys(segments) as Segment[];
