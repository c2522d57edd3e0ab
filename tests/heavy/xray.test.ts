import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, type RunningShop, restClient, signIn, startShop } from '@hotpath/testing';
import type { Report } from '@hotpath/xray';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ADDED_MS = 20;
const TOLERANCE_MS = 2;
/** Blocks of pages by turns, so that whatever else the machine does befalls all kinds alike. */
const BLOCKS = 15;
const PAGES = 12;
const segment = { rpc: '/ecommerce.UserService/GetSegment', side: 'server' } as const;

/** What the traces were of, by the first digit of their ids: the shop, again the shop, and one whose segments take longer. */
const kinds = { shop: 'a', again: 'b', slower: 'c' } as const;
type Kind = keyof typeof kinds;

let shop: RunningShop;
let folder: string;
let timerMs: number;
const fileOf = (kind: Kind) => join(folder, `${kind}.jsonl`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xray-'));
  shop = await startShop({ XRAY_PORT: '0' }, '--faults');
  const rest = restClient(shop.gateway);
  const token = await signIn(rest, 'vip');
  let pages = 0;
  const view = async (digit: string) => {
    const traceId = digit + String(++pages).padStart(31, '0');
    const headers = { traceparent: `00-${traceId}-00000000000000aa-01` };
    expect((await rest('GET', '/api/products?pageSize=20', { token, headers })).status).toBe(200);
  };
  const faults = (method: string, body?: object) =>
    fetch(`http://${shop.admin.user}/faults`, { method, ...(body && { body: JSON.stringify(body) }) });

  for (let page = 0; page < 100; page++) await view('f'); // compiled code and open connections, first
  const timers: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    for (const [kind, digit] of Object.entries(kinds)) {
      if (kind === 'slower')
        expect((await faults('PUT', { ...segment, delayMs: ADDED_MS })).status).toBe(200);
      for (let page = 0; page < PAGES; page++) await view(digit);
      await faults('DELETE');
    }
    const before = performance.now();
    await sleep(ADDED_MS);
    timers.push(performance.now() - before);
  }
  timerMs = median(timers);

  const wanted = BLOCKS * PAGES;
  for (const [kind, digit] of Object.entries(kinds) as [Kind, string][]) {
    let traces: readonly string[] = [];
    // Until the last page's spans have come from all four processes.
    for (let tries = 0; tries < 100 && traces.filter(isWhole).length < wanted; tries++) {
      await sleep(100);
      traces = await stored(digit);
    }
    expect(traces.filter(isWhole)).toHaveLength(wanted);
    await writeFile(fileOf(kind), traces.map((line) => `${line}\n`).join(''));
  }
}, 180_000);
afterAll(async () => {
  await shop?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function stored(digit: string): Promise<readonly string[]> {
  const text = await (await fetch(`${shop.xray}/api/traces`)).text();
  return text.split('\n').filter((line) => line.includes(`"traceId":"${digit}0`));
}

const isWhole = (line: string): boolean =>
  ['gateway', 'inventory', 'pricing', 'user'].every((name) => line.includes(`{"stringValue":"${name}"}`));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

function xray(...args: string[]) {
  return outcomeOf(process.execPath, ['packages/xray/src/run.ts', ...args]);
}

async function reportOf(kind: Kind, ...args: string[]): Promise<Report> {
  const { output } = await xray('--json', ...args, fileOf(kind));
  return JSON.parse(output);
}

/** ms at p50 by service, operation and cause. */
function slicesOf({ bands }: Report): Map<string, number> {
  const slices = bands.find(({ band }) => band === 'p50')?.slices ?? [];
  return new Map(slices.map(({ service, operation, cause, ms }) => [`${service} ${operation} ${cause}`, ms]));
}

test('the running shop is the source where none is named, and its slices sum to the requests', async () => {
  const { code, output } = await xray('--json', `${shop.xray}/api/traces`);
  expect(code).toBe(0);
  const { bands } = JSON.parse(output) as Report;
  for (const { durationMs, slices } of bands) {
    expect(slices.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 3);
    expect(new Set(slices.map(({ service }) => service))).toContain('pricing');
  }
  const page = await (
    await fetch(`${shop.xray}/?operation=${encodeURIComponent('GET /api/products')}`)
  ).text();
  expect(page).toMatch(/Where the time of [\d,]+ requests goes/);
});

test('20 ms more in user.GetSegment are 20 ms there, and nowhere else', async () => {
  const [before, after] = [slicesOf(await reportOf('shop')), slicesOf(await reportOf('slower'))];
  const changes = [...new Set([...before.keys(), ...after.keys()])].map((slice) => ({
    slice,
    ms: (after.get(slice) ?? 0) - (before.get(slice) ?? 0),
  }));
  const there = changes.filter(({ slice }) => /^user .*GetSegment (handler|admission)$/.test(slice));
  const added = there.reduce((sum, { ms }) => sum + ms, 0);
  expect(Math.abs(added - timerMs)).toBeLessThan(TOLERANCE_MS);
  const elsewhere = changes.filter((change) => !there.includes(change));
  expect(elsewhere.filter(({ ms }) => Math.abs(ms) > TOLERANCE_MS)).toEqual([]);
});

test('what 20 ms more would do is predicted as it then comes', async () => {
  const changes = `user UserService/GetSegment +${Math.round(timerMs)}ms`;
  const before = await reportOf('shop', '--what-if', changes);
  const after = await reportOf('slower');
  const predicted = before.findings[0] as { changeMs?: Record<string, number> };
  const p50 = ({ bands }: Report) => bands.find(({ band }) => band === 'p50')?.durationMs ?? 0;
  const came = p50(after) - p50(before);
  expect(Math.abs(came - (predicted.changeMs?.p50 ?? 0))).toBeLessThan(2 * TOLERANCE_MS);
});

test('as a gate it lets the same shop pass, and stops the slower one', async () => {
  const gate = (kind: Kind) => xray('diff', fileOf('shop'), fileOf(kind), '--fail-on', 'p50>+10%');
  expect(await gate('again')).toMatchObject({ code: 0 });
  const { code, output } = await gate('slower');
  expect(code).toBe(1);
  expect(output).toMatch(/p50/);
});
