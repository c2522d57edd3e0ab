#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Analysis, analyse } from './analysis.ts';
import { answer } from './asked.ts';
import { diff, isPassed, limitsOf } from './diff.ts';
import { diffToTerminal, verdictInWords } from './diff-terminal.ts';
import { diffToHtml, toHtml } from './html/index.ts';
import { ReadError } from './read-error.ts';
import { reportOf } from './report.ts';
import { readSpans } from './sources.ts';
import { toTerminal } from './terminal.ts';

const help = `Finds where the latency of many requests compounds: which hop, which cause, how many ms at p50, p90 and p99.

  npm run xray [-- [--json | --html FILE] [--operation NAME] [--what-if CHANGE]... [SOURCE...]]
  npm run xray -- diff BEFORE AFTER [--json | --html FILE] [--operation NAME] [--fail-on 'p99>+10%'] [--seed N]

SOURCE is a file or folder of OTLP JSON or Jaeger exports (gzip or not), a Jaeger (http://HOST:16686), any address
that answers with such a file, or nothing for the running shop, whose X-ray is at XRAY_PORT (8081).

  --operation NAME  only traces whose root is named so
  --what-if CHANGE  predict it: "SERVICE OPERATION +20ms", "SERVICE OPERATION -50%",
                    "SERVICE OPERATION: SERVICE SECOND beside SERVICE FIRST"
  --fail-on LIMITS  exit 1 when a quantile has grown by more than that beyond doubt: 'p99>+10%,p50>+5ms'
  --seed N          decides the draws of the bootstrap (default 1)
  --help            print this

Exits 2 when something cannot be read or judged.
`;

try {
  process.exitCode = await main();
} catch (error) {
  const misused = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof ReadError || misused)) throw error;
  process.stderr.write(`xray: ${(error as Error).message}${misused ? ' (npm run xray -- --help)' : ''}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      html: { type: 'string' },
      operation: { type: 'string' },
      'what-if': { type: 'string', multiple: true, default: [] },
      'fail-on': { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals[0] === 'diff') return compare(positionals.slice(1), values);
  const analysis = await read(positionals.length > 0 ? positionals : [undefined], values.operation);
  const asked = values['what-if'].map((words) => answer(words, analysis.sample));
  const report = reportOf(analysis, asked);
  write(
    values,
    report,
    () => toTerminal(report, analysis),
    () => toHtml(report, analysis),
  );
  return 0;
}

type Output = { readonly json?: boolean; readonly html?: string };

async function compare(
  sources: readonly string[],
  values: Output & { readonly operation?: string; readonly 'fail-on'?: string; readonly seed: string },
): Promise<number> {
  const [one, other, ...more] = sources;
  if (!one || !other || more.length > 0) throw new ReadError('diff compares two sources: diff BEFORE AFTER');
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) throw new ReadError(`--seed "${values.seed}": say a whole number`);
  const limits = values['fail-on'] === undefined ? [] : limitsOf(values['fail-on']);
  const before = await read([one], values.operation);
  const after = await read([other], values.operation);
  const changes = diff(before, after, seed);
  const fewest = Math.min(before.sample.length, after.sample.length);
  const verdicts = limits.map((limit) => ({ limit, passed: isPassed(limit, changes, fewest) }));
  const words = verdicts.map(({ limit, passed }) => `${verdictInWords(limit, passed, changes)}\n`);
  write(
    values,
    { seed, changes, limits: verdicts },
    () => `${diffToTerminal(changes, seed)}\n${words.join('')}`,
    () => diffToHtml(changes, seed, before, after),
  );
  return verdicts.some(({ passed }) => passed) ? 1 : 0;
}

async function read(
  sources: readonly (string | undefined)[],
  operation: string | undefined,
): Promise<Analysis> {
  const analysis = analyse(operation);
  for (const source of sources) for await (const spans of readSpans(source)) analysis.add(spans);
  return analysis.finish();
}

function write({ json, html }: Output, value: unknown, toText: () => string, toPage: () => string): void {
  if (html !== undefined) {
    writeFileSync(html, toPage());
    process.stderr.write(`wrote ${html}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
  else process.stdout.write(toText());
}
