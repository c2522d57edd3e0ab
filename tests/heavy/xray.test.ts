import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, type RunningShop, startShop } from '@hotpath/testing';
import type { Report } from '@hotpath/xray';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageTraces } from './page-traces.ts';

const ADDED_MS = 20;
const TOLERANCE_MS = 2;
/** Pages by turns, so that whatever else the machine does befalls all kinds alike. */
const BLOCKS = 15;
const PAGES = 12;
const segment = { rpc: '/ecommerce.UserService/GetSegment', side: 'server' } as const;
const pages = ['--operation', 'GET /api/products'];

/** Pages of the shop, of the same again, and of one whose segments take longer. */
const kinds = { shop: 'a', again: 'b', slower: 'c' } as const;
type Kind = keyof typeof kinds;

let shop: RunningShop;
let folder: string;
let timerMs: number;
const fileOf = (kind: Kind) => join(folder, `${kind}.jsonl`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xray-'));
  shop = await startShop({ XRAY_PORT: '0' }, '--faults');
  const traces = await pageTraces(shop);
  const faults = async (method: string, body?: object) => {
    const url = `http://${shop.admin.user}/faults`;
    const { ok } = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    expect(ok).toBe(true);
  };

  for (let page = 0; page < 100; page++) await traces.view('f'); // compiled code and open connections, first
  const timers: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    for (let page = 0; page < PAGES; page++) {
      await traces.view(kinds.shop);
      await traces.view(kinds.again);
    }
    await faults('PUT', { ...segment, delayMs: ADDED_MS });
    for (let page = 0; page < PAGES; page++) await traces.view(kinds.slower);
    await faults('DELETE');
    const before = performance.now();
    await sleep(ADDED_MS);
    timers.push(performance.now() - before);
  }
  timerMs = timers.toSorted((a, b) => a - b)[timers.length >> 1] as number;
  for (const [kind, digit] of Object.entries(kinds) as [Kind, string][]) {
    await writeFile(fileOf(kind), (await traces.of(digit)).map((line) => `${line}\n`).join(''));
  }
}, 300_000);
afterAll(async () => {
  await shop?.stop();
  await rm(folder, { recursive: true, force: true });
});

function xray(...args: string[]) {
  const env = { ...process.env, XRAY_PORT: new URL(shop.xray as string).port };
  return outcomeOf(process.execPath, ['packages/xray/src/run.ts', ...args], env);
}

async function reportOf(...args: string[]): Promise<Report> {
  const { code, output } = await xray('--json', ...args);
  expect(code, output).toBe(0);
  return JSON.parse(output);
}

const p50 = ({ bands }: Report) => bands.find(({ band }) => band === 'p50')?.durationMs ?? Number.NaN;

/** What of the p50 went elsewhere from one kind to another, ms by service, operation and cause. */
async function changesTo(kind: Kind): Promise<{ slice: string; ms: number }[]> {
  const [before, after] = [slicesOf(await reportOf(fileOf('shop'))), slicesOf(await reportOf(fileOf(kind)))];
  return [...new Set([...before.keys(), ...after.keys()])].map((slice) => ({
    slice,
    ms: (after.get(slice) ?? 0) - (before.get(slice) ?? 0),
  }));
}

function slicesOf({ bands }: Report): Map<string, number> {
  const slices = bands.find(({ band }) => band === 'p50')?.slices ?? [];
  return new Map(slices.map(({ service, operation, cause, ms }) => [`${service} ${operation} ${cause}`, ms]));
}

/** What a figure is off by here: what differs most between two times the same. 0.3 ms where it is quiet. */
async function noiseMs(): Promise<number> {
  return Math.max(...(await changesTo('again')).map(({ ms }) => Math.abs(ms)));
}

test('the running shop is the source where none is named: all four processes, and slices that sum to the request', async () => {
  const { traces, skipped, bands } = await reportOf(...pages);
  expect(traces).toBe(100 + 3 * BLOCKS * PAGES);
  expect(skipped).toEqual([]);
  for (const { durationMs, slices } of bands) {
    expect(slices.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 3);
  }
  const services = new Set(bands.flatMap(({ slices }) => slices.map(({ service }) => service)));
  expect([...services].sort()).toEqual(['gateway', 'inventory', 'pricing', 'user']);
});

test('its page shows the same', async () => {
  const address = `${shop.xray}/?operation=${encodeURIComponent('GET /api/products')}`;
  const page = await (await fetch(address)).text();
  expect(page).toContain(`Where the time of ${100 + 3 * BLOCKS * PAGES} requests goes`);
  for (const name of ['gateway', 'inventory', 'pricing', 'user']) expect(page).toContain(`<td>${name}</td>`);
});

test('20 ms more in user.GetSegment are 20 ms there, and nowhere else', async () => {
  const allowed = TOLERANCE_MS + (await noiseMs());
  const changes = await changesTo('slower');
  const there = changes.filter(({ slice }) => /^user .*GetSegment (handler|admission)$/.test(slice));
  const added = there.reduce((sum, { ms }) => sum + ms, 0);
  expect(Math.abs(added - timerMs)).toBeLessThan(allowed);
  const elsewhere = changes.filter((change) => !there.includes(change));
  expect(elsewhere.filter(({ ms }) => Math.abs(ms) > allowed)).toEqual([]);
});

test('what 20 ms more would do is predicted as it then comes', async () => {
  const change = `user UserService/GetSegment +${Math.round(timerMs)}ms`;
  const before = await reportOf(fileOf('shop'), '--what-if', change);
  const predicted = before.findings[0] as { changeMs?: Record<string, number> };
  const came = p50(await reportOf(fileOf('slower'))) - p50(before);
  const allowed = TOLERANCE_MS + (await noiseMs());
  expect(Math.abs(came - (predicted.changeMs?.p50 ?? 0))).toBeLessThan(2 * allowed);
});

test('as a gate it lets the same shop pass, and stops the slower one', async () => {
  const gate = (kind: Kind) => xray('diff', fileOf('shop'), fileOf(kind), '--fail-on', 'p50>+10%,p99>+10%');
  const again = await gate('again');
  expect(again.code, again.output).toBe(0);
  const slower = await gate('slower');
  expect(slower.code, slower.output).toBe(1);
  expect(slower.output).toMatch(/fails: p50/);
});
