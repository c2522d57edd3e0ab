import { find, type Ref } from './claims.ts';
import type { Case } from './measure.ts';
import { digits, type Run } from './report.ts';

/** REST requests a second. */
const rates = [1_000, 10_000, 100_000, 1_000_000] as const;
const processes = ['gateway', 'inventory', 'user', 'pricing'] as const;

/** What is supposed of visitors and machines. Whoever plans puts their own here. */
const supposed = {
  /** How much of its core a process is given to do, so that a peak finds room: HPA's target in cdk8s/ is near. */
  busy: 0.6,
  /** A visitor asks for a page this often, s, and follows one price by a stream meanwhile. */
  secondsBetweenPages: 10,
  /** Pages for each change of a price. */
  pagesPerChange: 1_000,
  /** The share of all streams that follow the product of a flash sale. */
  saleShare: 0.01,
  /** Connections of each process to its database: DATABASE_POOL. */
  pool: 10,
  /** Streams of a gateway: MAX_STREAMS. */
  streamsPerGateway: 10_000,
  /** A core of a general-purpose machine on demand at a large cloud, dollars an hour, 2026. */
  dollarsPerCoreHour: 0.04,
} as const;

/** docs/scale.md: what the shop would need for a thousand times a thousand requests, from what one process was measured to do. */
export function toScale({ machine, date, cases }: Run): string {
  const median = (...ref: Ref) => medianOf(cases, ref);
  const page = (figure: string) => median('chain', `a page through the shop, ${figure}`, 'hotpath');
  const cpuUs = Object.fromEntries(processes.map((name) => [name, page(`CPU of ${name}`)]));
  const watcherUs = median('watch', '5000 watchers, server CPU', 'hotpath');
  const watcherKb = median('watch', '5000 watchers, memory', 'hotpath');
  const changes = Math.max(
    ...[1, 8, 32].map((count) => median('growth', `${count} writers, changes`, 'pricing on PostgreSQL')),
  );

  const needs = rates.map((rate) => {
    const cores = (name: string) => (rate * (cpuUs[name] as number)) / 1e6;
    const pods = Object.fromEntries(
      processes.map((name) => [name, Math.max(2, Math.ceil(cores(name) / supposed.busy))]),
    ) as Record<(typeof processes)[number], number>;
    const streams = rate * supposed.secondsBetweenPages;
    const streamPods = Math.ceil(streams / supposed.streamsPerGateway);
    const gateways = Math.max(pods.gateway, streamPods);
    const all = gateways + pods.inventory + pods.user + pods.pricing;
    return {
      rate,
      pods,
      gateways,
      streams,
      meshed: gateways * pods.inventory,
      perInventory: gateways,
      databases: Math.max(pods.inventory, pods.user, pods.pricing) * supposed.pool,
      changes: rate / supposed.pagesPerChange,
      saleMs: (streams * supposed.saleShare * watcherUs) / 1000 / gateways,
      dollars: all * supposed.dollarsPerCoreHour * 730,
    };
  });
  type Need = (typeof needs)[number];
  const row = (what: string, of: (need: Need) => string | number) => {
    const cells = needs.map((need) => {
      const value = of(need);
      return typeof value === 'number' ? short(value) : value;
    });
    return `| ${[what, ...cells].join(' | ')} |`;
  };

  return `# Scale, on paper

From what one process was measured to do to a million requests a second: what that takes, what breaks first on the way there, and what
takes over. Nobody has run it. Written by \`npm run bench -- --write\` from the run of [numbers.md](numbers.md): ${date.slice(0, 10)}, ${machine}.
The suppositions are the constants of [bench/scale.ts](../bench/scale.ts).

## Unit costs

| what | costs |
|---|---:|
${processes.map((name) => `| CPU time of ${name} for a page of 48 products | ${digits(cpuUs[name] as number)} us |`).join('\n')}
| statements for a page: inventory, user and pricing one each | 3 |
| memory of a watcher | ${digits(watcherKb)} KB |
| CPU time to tell a watcher of a change | ${digits(watcherUs)} us |
| changes of prices that one database takes, as its feed has an order | ${digits(changes)}/s |

## What it takes

Supposed: every request is a page, the dearest read there is, and no price comes from a cache. A process does ${supposed.busy * 100} % of a core. A visitor
asks each ${supposed.secondsBetweenPages} s and follows one price meanwhile, so there are ${supposed.secondsBetweenPages} streams for each request a second. A price changes every ${short(supposed.pagesPerChange)} pages. A core is
\\$${supposed.dollarsPerCoreHour} an hour; databases, network and people are not in it.

| pages/s | ${rates.map(short).join(' | ')} |
|---|${rates.map(() => '---:|').join('')}
${row('gateways, for pages or for streams', ({ pods, gateways }) => `${short(pods.gateway)}, ${short(gateways)}`)}
${row('pods of inventory', ({ pods }) => pods.inventory)}
${row('pods of user', ({ pods }) => pods.user)}
${row('pods of pricing', ({ pods }) => pods.pricing)}
${row('connections of each pod of inventory, all gateways to all', ({ perInventory }) => perInventory)}
${row('connections between gateways and inventory', ({ meshed }) => meshed)}
${row('connections to the busiest database, 10 a pod', ({ databases }) => databases)}
${row('statements/s of each database', ({ rate }) => rate)}
${row('changes of prices/s', ({ changes }) => changes)}
${row('streams', ({ streams }) => streams)}
${row('work of each gateway when 1 % of all streams see one sale, ms', ({ saleMs }) => digits(saleMs))}
${row('cores, dollars a month', ({ dollars }) => Number(dollars.toPrecision(2)))}

## What breaks first, and what takes over

**1,000 pages/s: nothing.** It is a few pods of each. Replicas are there for rollouts and lost nodes, not for load.

**10,000: connections to PostgreSQL.** Each pod keeps ${supposed.pool}, and a server's default is 100 in all. First the price cache
(\`PRICE_CACHE_SIZE\`, [data.md](data.md)) takes pricing's reads away; then \`DATABASE_POOL\` of two or three a pod instead of ten, as a statement has
its connection for a millisecond; then replicas for the reads of inventory, which need no newer answer than the feed's delay. PgBouncer in transaction
mode is not for this kit: settings, prepared statements and LISTEN belong to a session ([ADR 5](adr/0005-postgres.md)).

**100,000: all to all.** A client here connects to every address of a headless Service, and asks DNS again for new ones. With hundreds of pods
on both sides each holds hundreds of connections, most of them idle; the answer of DNS no longer fits a packet; a rollout makes them all anew. A
mesh or Envoy with subsets, or xDS, which grpc-js speaks by \`@grpc/grpc-js-xds\`, gives each client some of the servers. The second thing
is NOTIFY: every process of pricing, and of inventory at its own database, listens to one server's queue, which has one lock, and reads each change
for itself. The feed's table stays what it is, the truth in order; a log takes over its way to the readers: Debezium reads the write-ahead log into Kafka or NATS JetStream, with
\`sequence\` as the position that readers resume from.

**1,000,000: one of anything.** One writer at a time for all products is then the limit of changes (above: what one database takes, against what is
needed); products fall into parts, each with a feed and a position of its own, in Citus or as databases by range. One cluster is too
small: some thousand pods of one Service are more than its endpoints and its control plane like. The shop falls into cells, each whole, with the
visitors of a region. And most pages never come so far: a page for nobody in particular is the same for all, and a CDN answers it for
seconds; what is left is what signed-in customers ask. Millions of streams are held by what does nothing else, a push service at the edge such as
Centrifugo or Pushpin, fed by the same log.

What stays at every size: the protos, the budgets and who may call whom, since none of them knows how many there are.
`;
}

function medianOf(cases: readonly Case[], ref: Ref): number {
  const found = find(cases, ref);
  if (!found) throw new Error(`the run has no ${ref.join(': ')}: a whole one is needed`);
  return found.median;
}

const short = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });
