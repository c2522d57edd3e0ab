import type { Price } from '../check.ts';

/** One way for two services to talk, as its own documentation would have it: both of its sides. */
export type Peer = {
  /** Serves the prices of data.ts on a free port of the loopback interface. @returns `host:port` */
  serve(options: ServeOptions): Promise<string>;
  /** The caller's side. Its process ends with the benchmark, so nothing needs to be closed. */
  connect(address: string): Shop | Promise<Shop>;
};

export type ServeOptions = {
  /** How long the database takes for a query, ms. */
  readonly delayMs: number;
  /** Products that a server with a database of its own has. */
  readonly products?: number;
  /** Processes that serve together, 1 by default, where a suite's server can be several. */
  readonly processes?: number;
};

/** What is called: prices, as its callers are given them. */
export type Shop = {
  price(id: number): Promise<Price>;
  /** In the order of the ids, by one call. */
  batch(ids: readonly number[]): Promise<readonly Price[]>;
};

/** What every request asks for beside the product. */
export const terms = { currency: 'INR', customerSegment: 'standard' } as const;
