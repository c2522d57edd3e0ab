import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '@hotpath/database';
import { anyPorts, outcomeOf, startShop } from '@hotpath/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotpath-start-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a start that is expected to fail. */
async function failingStart(env: NodeJS.ProcessEnv, args: string[] = []) {
  const { code, output } = await outcomeOf(process.execPath, ['scripts/start.ts', '--json', ...args], {
    ...process.env,
    NODE_ENV: '',
    ...anyPorts,
    HOTPATH_DATA: folder,
    LOG_LEVEL: 'silent',
    XRAY_PORT: 'off',
    ...env,
  });
  return { code, lines: output.trimEnd().split('\n') };
}

test.each(['GATEWAY_PORT', 'PRICING_PORT', 'PRICING_ADMIN_PORT'])(
  'a taken %s is one clear line and exit 1',
  async (setting) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, lines } = await failingStart({ [setting]: String(port) });
    taken.close();
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('port is taken');
    expect(lines[0]).toContain(setting);
  },
);

test('a data folder in use is one clear line and exit 1', async () => {
  const release = lockFolder(folder);
  const { code, lines } = await failingStart({});
  release();
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`data folder .* is in use by process ${process.pid}`));
});

test('a data folder that cannot be made is one clear line and exit 1', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const { code, lines } = await failingStart({ HOTPATH_DATA: file });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/data folder cannot be used: .*HOTPATH_DATA/);
});

test.each([
  ['USER_PORT', 'abc'],
  ['INVENTORY_PORT', '70000'],
  ['DRAIN_GRACE_MS', '-1'],
  ['MAX_CONNECTION_AGE_MS', '5m'],
])('a wrong setting %s=%s is one clear line and exit 1', async (setting, value) => {
  const { code, lines } = await failingStart({ [setting]: value });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(setting);
});

test('an unknown option is one clear line and exit 2', async () => {
  const { code, lines } = await failingStart({}, ['--jsno']);
  expect(code).toBe(2);
  expect(lines).toHaveLength(1);
});

test('a taken XRAY_PORT is one clear line, and the shop runs without an X-ray', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const shop = await startShop({ XRAY_PORT: String(port) });
  try {
    expect(shop.xray).toBeUndefined();
    expect(shop.log).toContain(
      `There is no X-ray: port ${port} is taken. XRAY_PORT=0 takes any free port, XRAY_PORT=off does without.`,
    );
  } finally {
    await shop.stop();
    taken.close();
  }
});
