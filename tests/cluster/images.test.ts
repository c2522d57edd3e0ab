import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { run } from '../../scripts/programs.ts';
import { processNames } from '../../scripts/shop.ts';
import { imageOf } from '../../scripts/shop-images.ts';

/** What an image may add to its base, bytes. */
const most = 90 * 1000 * 1000;
const base = process.env.NODE_IMAGE ?? 'node:24-bookworm-slim';
const docker = (...args: string[]) => run('docker', args, { capture: true });

test.each(processNames)('the image of %s adds little to its base, and says what it is', async (name) => {
  const [image] = JSON.parse(await docker('image', 'inspect', imageOf(name)));
  const [{ Size: baseSize }] = JSON.parse(await docker('image', 'inspect', base));
  console.log(`${imageOf(name)}: ${((image.Size - baseSize) / 1e6).toFixed(0)} MB on top of ${base}`);
  expect(image.Size - baseSize).toBeLessThan(most);
  expect(image.Config.User).toBe('65532:65532');
  expect(image.Config.Healthcheck).toBeUndefined();
  expect(image.Config.Env).not.toContainEqual(expect.stringMatching(/^NODE_ENV=/));
  expect(image.Config.Labels).toMatchObject({
    'org.opencontainers.image.title': `hotpath-${name}`,
    'org.opencontainers.image.version': imageOf(name).split(':')[1],
    'org.opencontainers.image.revision': expect.stringMatching(/^([0-9a-f]{40}|unknown)$/),
    'org.opencontainers.image.licenses': 'Apache-2.0',
  });
});

test.each(processNames)(
  'the image of %s has its own sources and what they need, no tests and no tools',
  async (name) => {
    const list = `find . -path ./node_modules -prune -o -type f -print; ls -d node_modules/* node_modules/@*/*`;
    const files = (await docker('run', '--rm', imageOf(name), 'sh', '-c', list)).split('\n');
    expect(files).toContain(`./services/${name}/src/main.ts`);
    expect(files).toContain('./LICENSE');
    for (const needed of ['@grpc/grpc-js', '@hotpath/contracts', 'pino']) {
      expect(files).toContain(`node_modules/${needed}`);
    }
    for (const tool of [
      'vitest',
      'typescript',
      'node',
      '@biomejs/biome',
      '@hotpath/certificates',
      '@electric-sql/pglite',
    ]) {
      expect(files).not.toContain(`node_modules/${tool}`);
    }
    expect(files.filter((file) => /\.(test|testing)\.ts$/.test(file))).toEqual([]);
  },
);

test('process 1 is Node, which starts on a root that it cannot write to and ends by itself on SIGTERM', async () => {
  const hardened = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
  const id = (await docker('run', '--detach', ...hardened, imageOf('gateway'))).trim();
  try {
    const ready = async () => (await docker('logs', id)).includes('"msg":"ready"');
    for (const until = Date.now() + 30_000; !(await ready()); await sleep(200)) {
      if (Date.now() > until) throw new Error(`the gateway did not start: ${await docker('logs', id)}`);
    }
    expect(await docker('exec', id, 'cat', '/proc/1/comm')).toMatch(/^(node|MainThread)\n$/);
    const from = performance.now();
    await docker('stop', '--time=10', id);
    const seconds = (performance.now() - from) / 1000;
    const [{ State }] = JSON.parse(await docker('inspect', id));
    console.log(`docker stop of the gateway: ${seconds.toFixed(1)} s, exit code ${State.ExitCode}`);
    expect(State.ExitCode).toBe(0);
    expect(seconds).toBeLessThan(5);
  } finally {
    await docker('rm', '--force', id);
  }
});
