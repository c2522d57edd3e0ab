import { registerDrained } from './drained.ts';

/** How long /metrics waits for the databases, ms. */
const patienceMs = 500;

/** How far the reader of a change feed is. */
export type FeedLag = {
  /** What it has read up to. */
  readonly position: bigint;
  /** The age of the oldest change that it has not read, seconds; 0 where it has read all. */
  readonly seconds: number;
};

type Lag = (options: { readonly signal: AbortSignal }) => Promise<FeedLag>;
const feeds = new Map<string, Lag>();
/** One question serves both metrics. */
let asked: Promise<Map<string, FeedLag>> | undefined;

/** Shows a feed in the metrics. `lag` is asked at each scrape; where it rejects the feed is left out. */
export function trackFeed(name: string, lag: Lag): void {
  feeds.set(name, lag);
}

async function askAll(): Promise<Map<string, FeedLag>> {
  const answers = new Map<string, FeedLag>();
  const signal = AbortSignal.timeout(patienceMs);
  await Promise.all(
    [...feeds].map(async ([name, lag]) => {
      const answer = await lag({ signal }).catch(() => undefined);
      if (answer) answers.set(name, answer);
    }),
  );
  asked = undefined;
  return answers;
}

async function values(of: (lag: FeedLag) => number) {
  asked ??= askAll();
  return [...(await asked)].map(([feed, lag]) => ({ value: of(lag), labels: { feed } }));
}

registerDrained({
  name: 'hotpath_feed_position',
  type: 'gauge',
  help: 'The last change that the reader of a feed has read; replicas that lag have less',
  values: () => values(({ position }) => Number(position)),
});
registerDrained({
  name: 'hotpath_feed_lag_seconds',
  type: 'gauge',
  help: 'Age of the oldest change that the reader of a feed has not read; 0 where it has read all',
  values: () => values(({ seconds }) => seconds),
});
