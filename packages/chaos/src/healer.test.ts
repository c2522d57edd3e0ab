import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tryOut } from './trial.ts';

/** Whether a process is there that is not only waiting to be read by its parent. */
const runs = (pid: number) => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test.runIf(process.platform === 'linux')(
  'when the runner is killed nothing is left: no process, no stopped one, no rule, no folder',
  { timeout: 60_000 },
  async () => {
    const rules = await mkdtemp(join(tmpdir(), 'rules-'));
    for (const rule of ['undone', 'left']) writeFileSync(join(rules, rule), '');
    const program = fileURLToPath(new URL('./healer.testing.ts', import.meta.url));
    const runner = spawn(process.execPath, [program, rules], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(createInterface({ input: runner.stdout }), 'line');
      const { pids, folder } = JSON.parse(line) as { pids: number[]; folder: string };
      expect(pids.filter(runs)).toEqual(pids);
      expect(existsSync(folder)).toBe(true);

      runner.kill('SIGKILL');
      // The folder goes last.
      while (existsSync(folder)) await sleep(50);
      expect(pids.filter(runs)).toEqual([]);
      expect(await readdir(rules)).toEqual(['undone']);
    } finally {
      runner.kill('SIGKILL');
      await rm(rules, { recursive: true });
    }
  },
);

test('a trial that ends leaves the environment as it was, and ends what it has started', async () => {
  const before = { ...process.env };
  const { result } = await tryOut({ defended: true }, async (trial) => {
    expect(process.env.TMPDIR).not.toBe(before.TMPDIR);
    return { pid: (await trial.start('node')).pid, folder: tmpdir() };
  });
  expect(process.env).toEqual(before);
  expect(existsSync(result.folder)).toBe(false);
  expect(runs(result.pid)).toBe(false);
});
