import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openDatabase } from '@hotpath/database';
import { type RunningShop, restClient, startShop } from '@hotpath/testing';
import { describePostgres, testDatabaseUrl } from '@hotpath/testing/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const million = 1_000_000;
const currencies = ['INR', 'USD', 'EUR', 'GBP', 'JPY'];

/** A line that sets a price of its own; each round sets all of them anew. */
function priceLine(index: number, round: number): string {
  const productId = Math.floor(index / currencies.length) + 100_001;
  return `${productId},${currencies[index % currencies.length]},${(index % 5_000) + round}`;
}

/** Bad lines of a file, by their number; the header is line 1. */
const bad: Readonly<Record<number, string>> = {
  17: 'x,INR,1',
  500000: '1,"INR,2',
  1000000: '1,JPY,1.5',
};

/** Writes a file of prices, thousand lines at a time. */
async function writePrices(path: string, from: number, to: number, round: number, replaced: typeof bad = {}) {
  function* parts() {
    yield 'productId,currency,price\n';
    for (let start = from; start < to; start += 1_000) {
      const lines = Array.from({ length: Math.min(1_000, to - start) }, (_, i) => {
        return replaced[start + i - from + 2] ?? priceLine(start + i, round);
      });
      yield `${lines.join('\n')}\n`;
    }
  }
  await pipeline(Readable.from(parts()), createWriteStream(path));
}

describe('on embedded databases', () =>
  suite({ options: async () => [], open: (data) => openDatabase({ folder: join(data, 'pricing') }) }));

describePostgres('on PostgreSQL', () => {
  let url: string;
  suite({
    async options() {
      url = await testDatabaseUrl();
      return ['--postgres', url];
    },
    open: () => openDatabase({ url: `${url}?options=-c%20search_path%3Dhotpath_pricing`, poolMax: 1 }),
  });
});

function suite(on: { options(): Promise<string[]>; open(data: string): Promise<Database> }) {
  let folder: string;
  let options: string[];
  let shop: RunningShop;
  const start = async () => {
    shop = await startShop({ HOTPATH_DATA: join(folder, 'data') }, ...options);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hotpath-import-'));
    options = await on.options();
    await start();
  });
  afterAll(async () => {
    await shop?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts `npm run import`. */
  function runImport(file: string) {
    const child = spawn(process.execPath, ['scripts/import.ts', join(folder, file)], {
      env: { ...process.env, HOTPATH_GATEWAY: shop.gateway },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    const ended = once(child, 'close').then(([code]) => ({ code, out, err: withoutProgress(err) }));
    return { pid: child.pid as number, ended };
  }

  /** Imports a file and looks how large each process gets meanwhile, MB of resident memory. */
  async function measuredImport(file: string) {
    const { pid, ended } = runImport(file);
    const pids = { ...shop.pids, import: pid };
    const peak: Record<string, number> = {};
    let running = true;
    const sampled = (async () => {
      for (; running; await sleep(50)) {
        for (const [name, size] of Object.entries(await memory(pids)))
          peak[name] = Math.max(peak[name] ?? 0, size);
      }
    })();
    const result = await ended;
    running = false;
    await sampled;
    return { ...result, peak };
  }

  /** What is stored of the prices of the files: how many there are, how many by a round, and how many changes it took. */
  async function stored(round: number) {
    const db = await on.open(shop.data);
    const [row] = await db.query(
      `select count(*)::int as prices, (count(*) filter (where base_minor = price * case currency when 'JPY' then 1 else 100 end))::int as "ofRound",
         (select count(*)::int from events where product_id > 100000) as changes
       from (
         select *, ((product_id - 100001) * 5 + array_position($1::text[], currency) - 1) % 5000 + $2 as price
         from prices where product_id > 100000
       ) priced`,
      [currencies, round],
    );
    await db.close();
    return row;
  }

  test('1,000,000 lines come in in flat memory, and the bad ones are told by line', async () => {
    // What has its size whatever the number of lines comes with a first import: compiled code, the database's buffers,
    // a password's hash, V8's heap with garbage up to its limit. What three times as many lines take more than that grows
    // with the lines.
    await writePrices(join(folder, 'first.csv'), million, million + 300_000, 1);
    const first = await measuredImport('first.csv');
    expect(first).toMatchObject({ code: 0, err: '' });

    await writePrices(join(folder, 'million.csv'), 0, million, 1, bad);
    const { code, out, err, peak } = await measuredImport('million.csv');
    const growth = Object.entries(peak).map(
      ([name, size]) => [name, size - (first.peak[name] ?? 0)] as const,
    );
    console.log(
      `${out.trim()}\npeak growth, MB: ${growth.map(([name, mb]) => `${name} ${mb.toFixed(1)}`).join(', ')}`,
    );
    expect(code).toBe(1);
    expect(out).toMatch(
      /^1,000,000 lines in .*: 999,997 stored, of which 999,997 changed a value; 3 failed\n$/,
    );
    expect(err.match(/^line \d+: [A-Z_]+: /gm)).toEqual(
      Object.keys(bad).map((line) => `line ${line}: INVALID_ARGUMENT: `),
    );
    for (const [name, mb] of growth)
      expect([name, mb]).toEqual([name, expect.toSatisfy((size: number) => size < 40)]);

    const again = await runImport('million.csv').ended;
    expect(again.out).toMatch(/^imported before, and nothing stored now .* 3 failed\n$/);
  }, 600_000);

  test('pricing is killed in the middle: the same command goes on, and in the end each price changed once', async () => {
    await writePrices(join(folder, 'next.csv'), 0, million, 2);
    const killed = runImport('next.csv');
    const [productId, currency, price] = priceLine(300_000, 2).split(',');
    const rest = restClient(shop.gateway);
    while (
      (await rest('GET', `/api/products/${productId}/price?currency=${currency}`)).body.price !==
      Number(price)
    ) {
      await sleep(20);
    }
    process.kill(shop.pids.pricing, 'SIGKILL');
    const broken = await killed.ended;
    expect(broken).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/the same command goes on\n$/),
    });
    expect(await shop.exited).toBe(1);
    expect(await stored(1)).not.toMatchObject({ ofRound: 0 });

    await start();
    const whole = await runImport('next.csv').ended;
    console.log(`after a kill at more than 300,000 lines: ${whole.out.trim()}`);
    expect(whole).toMatchObject({ code: 0, err: '' });
    const [, changed] =
      /: 1,000,000 stored, of which ([\d,]+) changed a value; 0 failed/.exec(whole.out) ?? [];
    expect(Number(changed?.replaceAll(',', ''))).toBeLessThan(million - 300_000);
    await shop.stop();
    // The first file's 300,000, then all but the three bad lines, then all.
    expect(await stored(2)).toEqual({
      prices: million + 300_000,
      ofRound: million,
      changes: 300_000 + 2 * million - 3,
    });
    await start();
  }, 600_000);

  test('stock comes by NDJSON too', async () => {
    const lines = Array.from({ length: 5_000 }, (_, id) =>
      JSON.stringify({ productId: String(id + 1), warehouseId: 'in-bom-1', available: id % 100 }),
    );
    lines.push('{"productId":"1","warehouseId":"nowhere","available":1}');
    await writeFile(join(folder, 'stock.ndjson'), lines.join('\n'));
    const { code, out, err } = await runImport('stock.ndjson').ended;
    expect(code).toBe(1);
    expect(out).toMatch(/^5,001 lines .*: 5,000 stored, .*; 1 failed\n$/);
    expect(err).toMatch(/^line 5001: NOT_FOUND: .*nowhere.*\n$/);
  });
}

const withoutProgress = (text: string) => text.replace(/^.* lines\/s, \d+ %\n/gm, '');

/** Resident memory of each process, MB (proc(5)). */
async function memory(pids: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const sizes = Object.entries(pids).map(async ([name, pid]) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return [name, Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024];
  });
  return Object.fromEntries(await Promise.all(sizes));
}
