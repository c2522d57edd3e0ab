import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booking } from './foreign-jaeger.testing.ts';
import { CART_FAST_BY, checkouts } from './foreign-otlp.testing.ts';
import type { Report } from './report.ts';

const CHECKOUTS = 21;
const manifest = new URL('../package.json', import.meta.url);
let bin: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foreign-'));
  await writeFile(join(folder, 'checkouts.jsonl.gz'), gzipSync(checkouts(CHECKOUTS)));
  await writeFile(join(folder, 'booking.json'), booking());
  const [file] = Object.values(JSON.parse(await readFile(manifest, 'utf8')).bin) as [string];
  bin = fileURLToPath(new URL(file, manifest));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the package's program as a shell does, from the folder of the traces. */
async function xray(...args: string[]): Promise<Report> {
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const output = await new Promise<string>((resolve, reject) => {
    execFile(bin, ['--json', ...args], { cwd: folder, env }, (error, output) =>
      error ? reject(error) : resolve(output),
    );
  });
  return JSON.parse(output);
}

function p50Of({ bands }: Report) {
  const [p50] = bands;
  const ms = new Map<string, number>();
  for (const { service, operation, cause, ms: some } of p50?.slices ?? []) {
    ms.set(`${service} ${operation} ${cause}`, Math.round(some * 10) / 10);
  }
  const sum = (p50?.slices ?? []).reduce((sum, { ms }) => sum + ms, 0);
  return { durationMs: p50?.durationMs, sum, ms: Object.fromEntries(ms) };
}

test('a shop in nine languages behind Envoy, with Redis and Kafka, is understood', async () => {
  const report = await xray('checkouts.jsonl.gz');
  expect(report).toMatchObject({ traces: CHECKOUTS, spans: 30 * CHECKOUTS, skipped: [] });
  const { durationMs, sum, ms } = p50Of(report);
  expect(durationMs).toBe(100);
  expect(sum).toBeCloseTo(100, 6);
  expect(ms).toMatchObject({
    'payment charge handler': 20,
    'checkout oteldemo.ProductCatalogService/GetProduct network': 12,
    'product-catalog oteldemo.ProductCatalogService/GetProduct handler': 12,
    'cart HGET database': 5,
    'frontend-proxy ingress network': 2,
    'checkout orders publish network': 3,
  });
  // Whoever reads the queue is not waited for.
  expect(Object.keys(ms).filter((slice) => /^(accounting|fraud)/.test(slice))).toEqual([]);
});

test('its findings need no attribute of ours', async () => {
  const { findings } = await xray('checkouts.jsonl.gz');
  const texts = findings.map(({ text }) => text);
  expect(texts).toContainEqual(
    expect.stringMatching(/GetProduct 6 times: one call for all would do \(21 of 21/),
  );
  expect(texts).toContainEqual(expect.stringMatching(/HTTP POST could run beside PaymentService\/Charge/));
  expect(texts).toContain(
    `the clock of cart was up to ${CART_FAST_BY} ms off that of checkout; set by the enclosing calls (21 traces)`,
  );
});

test('what it says of them can be asked: two milliseconds less in each look-up are twelve', async () => {
  const change = 'product-catalog ProductCatalogService/GetProduct -100%';
  const { findings } = await xray('checkouts.jsonl.gz', '--what-if', change);
  expect(findings[0]).toMatchObject({ kind: 'what-if', changeMs: { p50: -12 } });
});

test('what OpenTracing called by other names is understood', async () => {
  const report = await xray('booking.json');
  expect(report).toMatchObject({ traces: 1, spans: 6, skipped: [] });
  expect(p50Of(report)).toEqual({
    durationMs: 40,
    sum: 40,
    ms: {
      'seats SQL SELECT seats database': 20,
      'seats /seats handler': 8,
      'booking HTTP GET /book handler': 6,
      'booking HTTP GET network': 6,
    },
  });
});
