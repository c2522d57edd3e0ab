import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { articleTable } from './article.ts';
import { linePlot } from './plot.ts';
import { digits, list, type Run } from './report.ts';
import { toScale } from './scale.ts';
import {
  barsOf,
  claimsTable,
  growthTable,
  linesOf,
  mapValues,
  numbersOf,
  of,
  tableOf,
  unitOf,
} from './tables.ts';

const page = new URL('../docs/numbers.md', import.meta.url);
const scale = new URL('../docs/scale.md', import.meta.url);
const folder = new URL('../docs/numbers/', import.meta.url);

/**
 * Writes docs/numbers.md, its plots, the run itself beside them, and docs/scale.md. No figure is in the text but those of
 * the run and what is reckoned from them. Throws where the run lacks one.
 */
export function writeNumbers(run: Run): void {
  const plots: Record<string, string> = {};
  const text = toMarkdown(run, (name, svg) => {
    plots[name] = svg;
    return `![${/<title>(.*)<\/title>/.exec(svg)?.[1]}](numbers/${name}.svg)`;
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, svg] of Object.entries(plots)) writeFileSync(new URL(`${name}.svg`, folder), svg);
  writeFileSync(new URL('run.json', folder), `${JSON.stringify(run, null, 1)}\n`);
  writeFileSync(page, text);
  writeFileSync(scale, toScale(run));
}

function toMarkdown(run: Run, plot: (name: string, svg: string) => string): string {
  const { machine, versions, date, cases } = run;
  const rates = numbersOf(cases, 'open');
  const watched = numbersOf(cases, 'watch');
  const bars = (name: string, suite: string, what: string) =>
    plot(name, barsOf(`${what}, ${unitOf(cases, suite, what)}`, of(cases, suite, what)));
  const pages = (delayMs: number, figure: string) =>
    Object.fromEntries(
      ['one by one', 'all at once', 'one batch'].map((way) => [
        way,
        `page ${way}, database ${delayMs} ms, ${figure}`,
      ]),
    );
  const costs = {
    'calls/s': '',
    'client CPU': ', client CPU',
    'server CPU': ', server CPU',
    'client RSS': ', client RSS',
    'server RSS': ', server RSS',
  };
  const closed = (suite: string, what: string) =>
    tableOf(
      cases,
      suite,
      mapValues(costs, (more) => `${what}${more}`),
    );
  const open = (rate: number) =>
    tableOf(
      cases,
      'open',
      Object.fromEntries(
        ['mean', 'p50', 'p99', 'p99.9', 'failed'].map((figure) => [figure, `${rate} calls/s, ${figure}`]),
      ),
    );
  const onOlder = () => {
    if (!cases.some(({ suite }) => suite === 'older')) return '';
    return `The baselines on an older Node, in the same run: what is said of REST and gRPC is said of a Node, too.\n\n${closed('older', 'one price')}\n\n${closed('older', 'batch of 50')}\n\n`;
  };
  const onSoak = () => {
    if (!cases.some(({ suite }) => suite === 'soak')) return '';
    const figures = ['least', 'most', 'growth'].map((figure) => [
      figure,
      `5000 watchers, a change each second, ${figure}`,
    ]);
    return `Memory of one process whose watchers are told a change each second, for ten minutes:\n\n${tableOf(cases, 'soak', Object.fromEntries(figures))}\n\n`;
  };
  const watchers = (figure: string) =>
    Object.fromEntries(watched.map((count) => [`${count}`, `${count} watchers, ${figure}`]));
  return `# Numbers

Written by \`npm run bench -- --write\`; [bench/README.md](../bench/README.md) says how to read it. The run itself is
[numbers/run.json](numbers/run.json).

${date.slice(0, 10)}. ${machine}. ${list(versions)}.

Figures are medians of ${Math.max(...cases.map(({ samples }) => samples.length))} launches, of three where it is pages, fixed rates, growth or an older Node, with the least
and the greatest in brackets; bytes, which do not vary, are of one. Every answer was checked.

## What the article says, and what is measured

${articleTable(cases)}

## What is aimed at, and what is reached

${claimsTable(cases)}

## One price, and a batch

64 calls at any time, no database.

${bars('one-price', 'pair', 'one price')}

${closed('pair', 'one price')}

${bars('batch', 'pair', 'batch of 50')}

${closed('pair', 'batch of 50')}

${onOlder()}## A page of 47 prices

Each look-up costs a query; a batch costs one. Milliseconds a page, p50, with a database that takes no time:

${tableOf(cases, 'page', pages(0, 'p50'))}

With one that takes 4 ms for a query:

${tableOf(cases, 'page', pages(4, 'p50'))}

Pages a second, 8 at a time, with no database:

${tableOf(cases, 'page', pages(0, '8 at a time'))}

${bars('page', 'page', 'page all at once, database 0 ms, 8 at a time')}

${bars('page-batch', 'page', 'page one batch, database 0 ms, 8 at a time')}

## Calls that come when they come

One price at a fixed rate, each call timed from when it was due.

${rates.map((rate) => `At ${rate} calls/s:\n\n${open(rate)}`).join('\n\n')}

${plot('open', linePlot('p99 of one price, by rate', 'calls/s', 'ms', linesOf(cases, 'open', rates, 'calls/s, p99')))}

## Watchers

One process, all watch one price; from its change to the last of them, p99:

${tableOf(cases, 'watch', watchers('p99'))}

${plot('watch', linePlot('From a change to its last watcher, p99', 'watchers', 'ms', linesOf(cases, 'watch', watched, 'watchers, p99')))}

What a watcher costs the server:

${tableOf(cases, 'watch', watchers('memory'))}

${tableOf(cases, 'watch', watchers('server CPU'))}

${onSoak()}## A page through the whole shop

A signed-in customer's page of 48 products: gateway, inventory, user and pricing, each a process, all four on the server's core, on
embedded databases. The peak is sought with 16 pages at a time; the latencies are of pages that come at half of it, when they come.
That is ${digits(chainLoad(cases))} % of the core already, for a process that waits less is woken more often; what p99 tells is how long pages wait for
each other there, and for the collectors of four processes.

${tableOf(cases, 'chain', Object.fromEntries(['peak', 'p50', 'p99', 'p99 over p50', "gateway's share of CPU"].map((figure) => [figure, `a page through the shop, ${figure}`])))}

CPU time of each process for a page:

${tableOf(cases, 'chain', Object.fromEntries(['gateway', 'inventory', 'user', 'pricing'].map((name) => [name, `a page through the shop, CPU of ${name}`])))}

## Growth

The pricing service itself, on databases that hold what its callers ask for: batches of 50 prices, spread over all products.

More products. An index of a million rows is a level or so deeper than one of ten thousand, and that is all that a look-up feels, as
long as the rows are in memory. The knee comes where they are not:

${growthTable(cases, 'growth', 'products')}

${plot('products', linePlot('Prices a second, by products', 'products', 'prices/s', linesOf(cases, 'growth', numbersOf(cases, 'growth', 'products'), 'products, prices')))}

Larger batches. A call and its query cost the same whatever they bring, so a price gets cheaper until its own bytes and rows are what
is left; beyond the knee a larger batch makes only a longer wait:

${growthTable(cases, 'growth', 'in a batch')}

${plot('batches', linePlot('CPU time of the server for a price, by batch', 'prices in a batch', 'us', linesOf(cases, 'growth', numbersOf(cases, 'growth', 'in a batch'), 'in a batch, server CPU')))}

More writers of one process. A change is committed, and in the order in which all will see it, so writers take turns
([ADR 2](adr/0002-change-feed.md)); the knee comes as soon as one is always writing. Many changes at once are one import:

${growthTable(cases, 'growth', 'writers')}

More processes, each with its own connections to one PostgreSQL, all of them and the client free to use every core of the machine. The knee
is where there are no more cores:

${growthTable(cases, 'growth', 'processes')}

${plot('processes', linePlot('Prices a second, by processes', 'processes', 'prices/s', linesOf(cases, 'growth', numbersOf(cases, 'growth', 'processes'), 'processes, prices')))}

## Bytes on the wire

A call, both ways, headers of HTTP included, those of TCP and IP not.

${tableOf(cases, 'payload', {
  'one price': 'one price',
  'batch of 50': 'batch of 50',
  'first call on a connection': 'one price, first call',
})}

## Codecs

${tableOf(
  cases,
  'codec',
  mapValues(
    { 'encode 50': 'encode 50', 'decode 50': 'decode 50', 'encode 1': 'encode 1', 'decode 1': 'decode 1' },
    (operation) => `codec, ${operation}`,
  ),
)}

## What metrics, traces and mutual TLS cost

One price:

${closed('cost', 'one price')}

A batch of 50:

${closed('cost', 'batch of 50')}
`;
}

/** How much of a core the whole shop uses at half of its peak, %. */
function chainLoad(cases: Run['cases']): number {
  const chain = cases.filter(({ suite }) => suite === 'chain');
  const sum = (what: string) =>
    chain.filter((one) => one.case.includes(what)).reduce((all, { median }) => all + median, 0);
  return ((sum(', peak') / 2) * sum(', CPU of ')) / 10_000;
}
