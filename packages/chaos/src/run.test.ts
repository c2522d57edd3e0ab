import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeOf } from '@hotpath/testing';
import { expect, test } from 'vitest';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Runs the command on the scenarios of run.testing.ts. */
const chaos = (...args: string[]) =>
  outcomeOf(process.execPath, [path('./run.ts'), '--from', path('./run.testing.ts'), ...args], {
    ...process.env,
    FORCE_COLOR: undefined,
    NO_COLOR: '1',
    KUBECONFIG: '',
  });

test('what holds is green beside its limit, and red without its defence, and both together are the proof', async () => {
  const [withDefence, without, proof] = await Promise.all([
    chaos('--only', '101'),
    chaos('--only', '101', '--without-defence'),
    chaos('--only', '101', '--proof'),
  ]);
  expect(withDefence.code).toBe(0);
  expect(withDefence.output).toContain('green, slowest: 7 ms (at most 10)');
  expect(without.code).toBe(0);
  expect(without.output).toContain('red, slowest: 12 ms (at most 10)');
  expect(proof.code).toBe(0);
  expect(proof.output).toMatch(/✓ +101 +proves something +green, slowest: 7 ms.* +red, slowest: 12 ms/);
  expect(proof.output).not.toContain('\x1b');
});

test('what holds without its defence too proves nothing, and is an error', async () => {
  const { code, output } = await chaos('--only', '102', '--proof');
  expect(code).toBe(1);
  expect(output).toMatch(/✗ +102 +proves nothing/);
});

test('what is not here is not tried, and never green; what is ill before anything is done to it is an error', async () => {
  const [far, ill, both] = await Promise.all([
    chaos('--only', '103'),
    chaos('--only', '104,101'),
    chaos('--cluster'),
  ]);
  expect(far).toMatchObject({
    code: 1,
    output: expect.stringContaining('not tried: needs a cluster: --cluster'),
  });
  expect(ill).toMatchObject({ code: 1, output: expect.stringContaining('it does not answer') });
  expect(both.output).toContain('not tried: needs a cluster: set KUBECONFIG');
  expect(both.output).not.toContain('101');
});

test('the list says where each can be shown, and what is done there in a cluster', async () => {
  const { code, output } = await chaos('--list');
  expect(code).toBe(0);
  expect(output).toMatch(/101 {2}proves something \(local\)/);
  expect(output).toMatch(/103 {2}is far away \(cluster\)\n(.*\n)*? {4}cluster {2}its one pod is deleted\n/);
});

test('rounds tell the figures of all, and what is measured is written as JSON and as a page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  try {
    const [json, report] = [join(folder, 'a.json'), join(folder, 'a.html')];
    const only = ['--only', '101,103', '--rounds', '2', '--json', json, '--report', report];
    const { code, output } = await chaos(...only, '--without-defence');
    expect(code).toBe(0);
    expect(output).toContain('101  proves something, without its defence: 2 of 2');
    expect(output).toContain('slowest: 12, 12 ms (at most 10)');
    const results = JSON.parse(await readFile(json, 'utf8'));
    expect(results).toHaveLength(2);
    expect(results[1]).toMatchObject({
      number: 101,
      name: 'proves something',
      where: 'local',
      holds: false,
      measured: 12,
      limit: 10,
      unit: 'ms',
      seconds: expect.any(Number),
      latency: { p99: expect.any(Number) },
      round: 2,
    });
    expect(results[1]).not.toHaveProperty('recording');
    const page = await readFile(report, 'utf8');
    expect(page).toContain('proves something');
    expect(page).toContain('&lt;500&gt;');
    expect(page).not.toMatch(/<script|src=|href="http/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('wrong arguments are one line', async () => {
  for (const args of [['--only', '7'], ['--rounds', '0'], ['--fast']]) {
    const { code, output } = await chaos(...args);
    expect(code).toBe(args[0] === '--fast' ? 2 : 1);
    expect(output).toMatch(/^chaos: .*--help\)\n$/);
  }
});
