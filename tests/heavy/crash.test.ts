import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startShop } from '@hotpath/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotpath-crash-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that dies ends the others, and the start says which; data written before is there again', async () => {
  const shop = await startShop({ HOTPATH_DATA: folder });
  process.kill(shop.pids.pricing, 'SIGKILL');
  expect(await shop.exited).toBe(1);
  expect(shop.log.at(-1)).toMatch(/^pricing ended by itself \(SIGKILL\); the others were stopped$/);
  expect(Object.values(shop.pids).filter(isAlive)).toEqual([]);

  const again = await startShop({ HOTPATH_DATA: folder });
  const answer = await fetch(`${again.gateway}/api/products/1/price`);
  expect(answer.status).toBe(200);
  const pids = [again.pid, ...Object.values(again.pids)];
  process.kill(again.pid, 'SIGINT');
  expect(await again.exited).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
}, 60_000);
