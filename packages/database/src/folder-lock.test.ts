import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from './adapters.testing.ts';
import { FolderInUseError } from './errors.ts';
import { lockFolder } from './folder-lock.ts';

/** A process that lives until the test ends. */
async function otherProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' });
  onTestFinished(() => {
    child.kill();
  });
  await once(child, 'spawn');
  return child.pid ?? 0;
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('makes the folder, holds it, and gives it back', async () => {
  const folder = join(await temporaryFolder(), 'new', 'folder');
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(FolderInUseError);
  unlock();
  lockFolder(folder)();
  expect(await readdir(folder)).toEqual([]);
});

test('names the living process that holds the folder and leaves its lock alone', async () => {
  const folder = await temporaryFolder();
  const pid = await otherProcess();
  // An empty lock file: written by a process that has not come to fill it in yet.
  await writeFile(join(folder, `process-${pid}.lock`), '');
  expect(() => lockFolder(folder)).toThrow(`in use by process ${pid}`);
  expect(await readdir(folder)).toEqual([`process-${pid}.lock`]);
});

test('takes over from a process that is gone', async () => {
  const folder = await temporaryFolder();
  const pid = await deadProcess();
  await writeFile(join(folder, `process-${pid}.lock`), 'alive');
  lockFolder(folder);
  expect(await readdir(folder)).toEqual([`process-${process.pid}.lock`]);
});

test.runIf(process.platform === 'linux')(
  'is not fooled by a process id that was given out again',
  async () => {
    const folder = await temporaryFolder();
    const pid = await otherProcess();
    await writeFile(join(folder, `process-${pid}.lock`), 'another boot 12345');
    await writeFile(join(folder, `process-${process.pid}.lock`), 'another boot 12345');
    lockFolder(folder);
    expect(await readdir(folder)).toEqual([`process-${process.pid}.lock`]);
  },
);
