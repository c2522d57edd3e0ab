import type { Case } from './measure.ts';

/** A figure by its suite, case and peer. */
export type Ref = readonly [suite: string, name: string, peer: string];

/** What is aimed at: a figure, or how many times as large as another of the same run it is. */
export type Claim = {
  readonly what: string;
  readonly of: Ref;
  readonly over?: Ref;
  /** What is aimed at, at least or at most. */
  readonly target: Bound;
  /** Set on an older Node: what it is a multiple of, a case of the suites pair and older, may have become faster since. */
  readonly since?: Since;
  /** What `--gate` insists on: far enough from the figure that noise does not break it, near enough that a halving does. */
  readonly gate?: Bound;
};

/** A workload and a peer. */
type Since = readonly [workload: string, peer: string];

export type Bound = { readonly least: number } | { readonly most: number };

const express = 'express, new connections';
const loader = 'grpc-js + proto-loader';
const bare = 'grpc-js, our codecs';
const unary = (peer: string, figure = 'CPU of both'): Ref => ['pair', `one price, ${figure}`, peer];
const batch = (peer: string): Ref => ['pair', 'batch of 50, CPU of both', peer];
const page = (way: string, delayMs: number, figure: string, peer: string): Ref => [
  'page',
  `page ${way}, database ${delayMs} ms, ${figure}`,
  peer,
];
const codec = (operation: string, peer: string): Ref => ['codec', `codec, ${operation}`, peer];
const wire = (what: string, peer: string): Ref => ['payload', what, peer];
const watchers = (figure: string): Ref => ['watch', `5000 watchers, ${figure}`, 'hotpath'];

/** All that is aimed at. */
export const claims: readonly Claim[] = [
  {
    what: 'one price: kit with a tenth traced / grpc-js with the same codecs, calls/s',
    of: ['cost', 'one price', 'hotpath, 10 % traced'],
    over: ['cost', 'one price', bare],
    target: { least: 0.85 },
  },
  {
    what: 'batch of 50: kit with a tenth traced / grpc-js + proto-loader, calls/s',
    of: ['cost', 'batch of 50', 'hotpath, 10 % traced'],
    over: ['cost', 'batch of 50', loader],
    target: { least: 2 },
    since: ['batch of 50', loader],
  },
  {
    what: 'page of 47: REST one by one / coalesced, p50, database 0 ms',
    of: page('one by one', 0, 'p50', express),
    over: page('all at once', 0, 'p50', 'hotpath, coalesced'),
    target: { least: 25 },
    since: ['one price', express],
  },
  {
    what: 'page of 47: REST one by one / coalesced, p50, database 4 ms',
    of: page('one by one', 4, 'p50', express),
    over: page('all at once', 4, 'p50', 'hotpath, coalesced'),
    target: { least: 40 },
  },
  {
    what: 'page of 47: coalesced / fastify + undici all at once, pages/s',
    of: page('all at once', 0, '8 at a time', 'hotpath, coalesced'),
    over: page('all at once', 0, '8 at a time', 'fastify + undici'),
    target: { least: 6 },
  },
  {
    what: 'page of 47: cached / grpc-js with the same codecs, pages/s',
    of: page('all at once', 0, '8 at a time', 'hotpath, cached'),
    over: page('all at once', 0, '8 at a time', bare),
    target: { least: 100 },
    since: ['one price', bare],
  },
  {
    what: 'one price: coalesced / grpc-js with the same codecs, calls/s',
    of: ['pair', 'one price', 'hotpath, coalesced'],
    over: ['pair', 'one price', bare],
    target: { least: 8 },
    since: ['one price', bare],
  },
  {
    what: 'one price: grpc-js with the same codecs / kit, CPU of both',
    of: unary(bare),
    over: unary('hotpath'),
    target: { least: 0.85 },
    gate: { least: 0.6 },
  },
  {
    what: 'one price: grpc-js with the same codecs / coalesced, CPU of both',
    of: unary(bare),
    over: unary('hotpath, coalesced'),
    target: { least: 8 },
    since: ['one price', bare],
    gate: { least: 7 },
  },
  {
    what: 'batch of 50: grpc-js with the same codecs / kit, CPU of both',
    of: batch(bare),
    over: batch('hotpath'),
    target: { least: 0.85 },
  },
  {
    what: 'batch of 50: grpc-js + proto-loader / kit, CPU of both',
    of: batch(loader),
    over: batch('hotpath'),
    target: { least: 2 },
    since: ['batch of 50', loader],
    gate: { least: 0.9 },
  },
  ...(['encode 50', 'decode 50'] as const).flatMap((operation): Claim[] => [
    {
      what: `${operation} prices: proto-loader / ours, CPU`,
      of: codec(operation, 'proto-loader'),
      over: codec(operation, 'hotpath'),
      target: { least: 5 },
      gate: { least: operation === 'encode 50' ? 6 : 3.7 },
    },
    {
      what: `${operation} prices: JSON / ours, CPU`,
      of: codec(operation, 'JSON'),
      over: codec(operation, 'hotpath'),
      target: { least: 2.5 },
      gate: { least: 2.8 },
    },
  ]),
  ...(['one price', 'batch of 50'] as const).map(
    (what): Claim => ({
      what: `${what}: kit / Express keep-alive, bytes on the wire`,
      of: wire(what, 'hotpath'),
      over: wire(what, 'express, keep-alive'),
      target: { most: 0.3 },
      gate: { most: 0.36 },
    }),
  ),
  {
    what: 'a page through the shop at half of its peak: p99 / p50',
    of: ['chain', 'a page through the shop, p99 over p50', 'hotpath'],
    target: { most: 4 },
  },
  {
    what: "a page through the shop: gateway's share of CPU, %",
    of: ['chain', "a page through the shop, gateway's share of CPU", 'hotpath'],
    target: { most: 50 },
  },
  {
    what: '5,000 watchers, a change each second, ten minutes: most / least memory',
    of: ['soak', '5000 watchers, a change each second, most', 'hotpath'],
    over: ['soak', '5000 watchers, a change each second, least', 'hotpath'],
    target: { most: 1.05 },
  },
  { what: '5,000 watchers: memory of each, KB', of: watchers('memory'), target: { most: 15 } },
  { what: '5,000 watchers: change to the last of them, p99, ms', of: watchers('p99'), target: { most: 250 } },
];

/** A claim and what came of it. */
export type Judged = {
  readonly claim: Claim;
  /** Undefined where it was no part of the run. */
  readonly measured: number | undefined;
  /** What was aimed at, less what its baseline has gained since. */
  readonly target: Bound;
  /** How many times as fast the baseline has become, and since which Node, where both were measured. */
  readonly gained: { readonly times: number; readonly node: string } | undefined;
};

/**
 * Compares the medians of cases; or, of cases where other load only ever adds (CPU time, bytes), the least, on which it
 * has least influence.
 */
export function judge(
  cases: readonly Case[],
  some: readonly Claim[] = claims,
  figure: 'median' | 'min' = 'median',
): Judged[] {
  return some.map((claim) => {
    const { of, over } = claim;
    const one = find(cases, of)?.[figure];
    const other = over ? find(cases, over)?.[figure] : 1;
    const gained = claim.since && gainOf(cases, claim.since);
    const target =
      gained && 'least' in claim.target ? { least: claim.target.least / gained.times } : claim.target;
    return {
      claim,
      measured: one === undefined || other === undefined ? undefined : one / other,
      target,
      gained,
    };
  });
}

/** How much faster a peer is than on the older Node of the same run, if it is. */
function gainOf(cases: readonly Case[], [workload, peer]: Since): Judged['gained'] {
  const before = cases.find(
    (one) => one.suite === 'older' && one.case === workload && one.peer.startsWith(`${peer}, Node `),
  );
  const now = find(cases, ['pair', workload, peer]);
  if (!before || !now || now.median <= before.median) return undefined;
  return { times: now.median / before.median, node: before.peer.slice(`${peer}, `.length) };
}

/** The case of that name. Undefined where it was no part of the run. */
export const find = (cases: readonly Case[], [suite, name, peer]: Ref): Case | undefined =>
  cases.find((one) => one.suite === suite && one.case === name && one.peer === peer);

/** Whether a figure is within its bound. */
export const holds = (measured: number, bound: Bound): boolean =>
  'least' in bound ? measured >= bound.least : measured <= bound.most;

/** `at least 0.85` */
export const wordsOf = (bound: Bound): string =>
  'least' in bound ? `at least ${Number(bound.least.toFixed(2))}` : `at most ${bound.most}`;

/** The same of what a judgement was by: `at least 1.54 (2, less what the baseline gained since Node v20: 1.3 times)`. */
export const targetOf = ({ claim, target, gained }: Judged): string => {
  if (!gained || !('least' in claim.target)) return wordsOf(target);
  const { times, node } = gained;
  return `${wordsOf(target)} (${claim.target.least}, less what its baseline gained since ${node}: ${times.toFixed(2)} times)`;
};
