import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toJaeger, toOtlp } from './formats.testing.ts';
import { pageViews, type Shop } from './shop.testing.ts';
import { span } from './spans.testing.ts';

const program = fileURLToPath(new URL('run.ts', import.meta.url));
let folder: string;

/** Runs `npm run xray` with arguments; those that begin with @ are files of the tests' folder. */
function xray(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const named = args.map((arg) => (arg.startsWith('@') ? join(folder, arg.slice(1)) : arg));
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...named], (error, output, errors) =>
      resolve({ code: error ? Number(error.code) : 0, output, errors }),
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xray-'));
  const record = (name: string, shop: Partial<Shop> & { seed: number }) =>
    writeFile(join(folder, name), JSON.stringify(toOtlp(pageViews({ views: 150, ...shop }))));
  await record('before.json', { seed: 1, userFastBy: 400 });
  await record('same.json', { seed: 2 });
  await record('slower.json', { seed: 3, segmentLonger: 20 });
  const foreign = [
    span('front', { service: 'web', kind: 'server', at: [0, 90], operation: 'POST /checkout <b>' }),
    span('front/call', { service: 'web', kind: 'client', at: [5, 80], operation: 'POST' }),
    span('call/pay', { service: 'pay', kind: 'server', at: [9, 78], operation: 'POST /pay' }),
  ];
  await writeFile(join(folder, 'foreign.json'), JSON.stringify(toJaeger(foreign)));
});
afterAll(() => rm(folder, { recursive: true }));

test('the report fits a screen of 80 x 40', async () => {
  const { code, output } = await xray('@before.json');
  expect(code).toBe(0);
  const lines = output.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(40);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(output).toMatch(/^pricing SELECT prices +database +\d/m);
  expect(output).toContain('could');
  expect(output).toContain('the clock of user was up to 400 ms off that of inventory');
});

test('--json prints the report, with the predictions that were asked for', async () => {
  const { output } = await xray('@before.json', '--json', '--what-if', 'user UserService/GetSegment +20ms');
  const report = JSON.parse(output);
  expect(report).toMatchObject({ traces: 150, skipped: [] });
  expect(report.findings[0]).toMatchObject({ kind: 'what-if', changeMs: { p50: 20 } });
});

test('the page loads nothing, runs nothing and lets no name into its markup', async () => {
  const { output } = await xray('@foreign.json', '@before.json', '--html', '@page.html');
  expect(output).toContain('all together; --operation NAME looks at one');
  const page = await readFile(join(folder, 'page.html'), 'utf8');
  expect(page).not.toMatch(/<script|src=|href=|url\(|@import/);
  expect(page).toContain("default-src 'none'");
  const { output: one } = await xray(
    '@foreign.json',
    '--html',
    '@foreign.html',
    '--operation',
    'POST /checkout <b>',
  );
  expect(one).toContain('X-ray of 1 trace, 3 spans');
  const foreign = await readFile(join(folder, 'foreign.html'), 'utf8');
  expect(foreign).toContain('POST /checkout &lt;b&gt;');
  expect(foreign).not.toContain('<b>');
});

test('traces of others, without any attribute of ours, are understood by their kinds', async () => {
  const { output } = await xray('@foreign.json', '--json');
  const [p50] = JSON.parse(output).bands;
  expect(p50).toEqual({
    band: 'p50',
    durationMs: 90,
    slices: [
      { service: 'pay', operation: 'POST /pay', cause: 'handler', ms: 69, share: 69 / 90 },
      { service: 'web', operation: 'POST /checkout <b>', cause: 'handler', ms: 15, share: 15 / 90 },
      { service: 'web', operation: 'POST', cause: 'network', ms: 6, share: 6 / 90 },
    ],
  });
});

test('a comparison exits 1 when the limit is passed beyond doubt, and 0 for noise', async () => {
  const noise = await xray('diff', '@before.json', '@same.json', '--fail-on', 'p50>+10%,p99>+20%');
  expect(noise).toMatchObject({ code: 0, errors: '' });
  expect(noise.output).toMatch(/holds: p50 may grow by 10 %/);
  const slower = await xray(
    'diff',
    '@before.json',
    '@slower.json',
    '--fail-on',
    'p99>+10%',
    '--html',
    '@diff.html',
  );
  expect(slower.code).toBe(1);
  expect(slower.output).toMatch(/fails: p99 may grow by 10 %; it changed by \+\d/);
  expect(slower.output).toMatch(/seed 1\)/);
  expect(await readFile(join(folder, 'diff.html'), 'utf8')).toContain('The critical path after');
  const { output } = await xray('diff', '@before.json', '@slower.json', '--json', '--seed', '7');
  expect(JSON.parse(output)).toMatchObject({ seed: 7, changes: [{ band: 'p50' }, {}, {}], limits: [] });
});

test('what the README says can be typed works', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const commands = [...readme.matchAll(/^npm run xray -- (.*)$/gm)].map(([, args]) => args as string);
  const here = commands.filter((args) => !args.includes('http://'));
  expect(here.length).toBeGreaterThan(4);
  const outcomes = here.map(
    (args) =>
      new Promise((resolve) => {
        const line = `"${process.execPath}" "${program}" ${args}`;
        execFile('sh', ['-c', line], { cwd: folder }, (error, _, errors) =>
          resolve({ args, code: error?.code ?? 0, errors: errors.replace(/^wrote .*\n/, '') }),
        );
      }),
  );
  expect(await Promise.all(outcomes)).toEqual(here.map((args) => ({ args, code: 0, errors: '' })));
}, 60_000);

test.each([
  [['@nothing.json'], /no such file or folder/],
  [['diff', '@before.json'], /diff compares two sources/],
  [['diff', '@before.json', '@same.json', '--fail-on', 'p95>3%'], /'p99>\+10%' or 'p50>\+5ms'/],
  [['diff', '@before.json', '@foreign.json', '--fail-on', 'p99>+10%'], /p99 cannot be judged from 1 trace:/],
  [['diff', '@before.json', '@same.json', '--seed', 'x'], /--seed "x": say a whole number/],
  [['--nonsense'], /Unknown option/],
  [['@before.json', '--what-if', 'faster'], /--what-if "faster": say/],
])('%j is refused with one line and exit code 2', async (args, message) => {
  const { code, errors } = await xray(...args);
  expect(errors).toMatch(message);
  expect(errors.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});
