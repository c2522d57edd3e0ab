import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf, startPostgres, startShop } from '@hotpath/testing';
import { describeOwnPostgres } from '@hotpath/testing/vitest';
import type { Report } from '@hotpath/xray';
import { expect, onTestFinished, test } from 'vitest';
import { startTcpProxy } from '../../packages/chaos/src/tcp-proxy.ts';
import { pageTraces } from './page-traces.ts';

/** There and back: far enough that what it takes to wait for two statements at once, not in turn, is no noise. */
const AWAY_MS = 20;
const PAGES = 120;
/** How far from what came, beyond its interval of 95 %, a prediction may be. */
const TOLERANCE_MS = 3;

const sequential = new URL('../../bench/latency/sequential.ts', import.meta.url).href;

describeOwnPostgres('a finding of the X-ray', () => {
  test('what it says two calls would bring, made at once, comes when they are', async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const { host } = new URL(postgres.url);
    const proxy = await startTcpProxy(host);
    onTestFinished(() => proxy.close());
    const start = async (env: NodeJS.ProcessEnv) => {
      const url = (await postgres.createDatabase()).replace(host, proxy.address);
      const shop = await startShop({ XRAY_PORT: '0', ...env }, '--postgres', url);
      onTestFinished(() => shop.stop());
      return pageTraces(shop);
    };
    const before = await start({ NODE_OPTIONS: `--import ${sequential}` });
    const after = await start({});
    for (const way of ['client', 'server'] as const) {
      proxy.add({ type: 'latency', latencyMs: AWAY_MS / 2 }, way);
    }
    for (let page = 0; page < 40; page++) for (const shop of [before, after]) await shop.view('f');
    for (let page = 0; page < PAGES; page++) for (const shop of [before, after]) await shop.view('a');

    const folder = await mkdtemp(join(tmpdir(), 'xray-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const fileOf = (name: string) => join(folder, `${name}.jsonl`);
    await writeFile(fileOf('before'), (await before.of('a')).join('\n'));
    await writeFile(fileOf('after'), (await after.of('a')).join('\n'));

    const { findings } = JSON.parse(await xray('--json', fileOf('before'))) as Report;
    const found = findings.find(({ text }) =>
      /ListProducts: UserService\/GetSegment could run beside SELECT products/.test(text),
    );
    const predicted = (found as { changeMs?: { p50: number } } | undefined)?.changeMs?.p50 ?? 0;
    expect(predicted).toBeLessThan(-AWAY_MS * 0.8);
    const { changes } = JSON.parse(await xray('diff', '--json', fileOf('before'), fileOf('after')));
    const { low, high } = changes[0].changeMs;
    expect(predicted).toBeGreaterThan(low - TOLERANCE_MS);
    expect(predicted).toBeLessThan(high + TOLERANCE_MS);

    // And there is no more of it to be had.
    const now = JSON.parse(await xray('--json', fileOf('after'))) as Report;
    expect(now.findings.map(({ text }) => text).filter((text) => /GetSegment could run/.test(text))).toEqual(
      [],
    );
  });
});

async function xray(...args: string[]): Promise<string> {
  const { code, output } = await outcomeOf(process.execPath, ['packages/xray/src/run.ts', ...args]);
  expect(code, output).toBe(0);
  return output;
}
