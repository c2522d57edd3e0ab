import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceDefinition } from '@hotpath/contracts';
import { Code, createClient, openChannel } from '@hotpath/rpc';
import { copySources, outcomeOf, startShopOf } from '@hotpath/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// What npm run new makes, in a copy of the sources: a service, one more RPC of it, and one of a service of the shop.
let copy: string;
const made: string[] = [];

/** Runs one of the copy's own programs. */
async function inCopy(...args: string[]): Promise<string> {
  const { code, output } = await outcomeOf(process.execPath, args, process.env, copy);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

beforeAll(async () => {
  copy = await copySources();
  for (const words of ['service reviews', 'rpc reviews GetRating', 'rpc user GetLoyalty']) {
    const { written } = JSON.parse(await inCopy('scripts/new.ts', ...words.split(' '), '--json'));
    made.push(...written);
  }
}, 600_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

test.each([
  ['typecheck', 'node_modules/typescript/bin/tsc', '--noEmit'],
  ['lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'],
  ['style of the protos', 'node_modules/@bufbuild/buf/bin/buf', 'lint', 'protos'],
  ['generated code', 'scripts/generate.ts', '--check'],
  ['manifests and chart', 'cdk8s/src/synth.ts', '--check'],
  ['dashboards', 'packages/dashboards/src/run.ts', '--check'],
  ['budgets', 'scripts/budgets.ts'],
])('nothing is left to edit for %s', async (_name, ...args) => {
  await inCopy(...args);
});

test('the tests of what was made pass, and those that hold the house together', async () => {
  const tests = made.filter((path) => path.endsWith('.test.ts'));
  expect(tests).toContain('services/reviews/src/rpcs/get-reviews.test.ts');
  await inCopy(
    'node_modules/vitest/vitest.mjs',
    // Calls have half a second of the clock, which a busy machine may spend elsewhere.
    ...['run', '--project', 'unit', '--retry', '3', ...new Set(tests)],
    ...['packages/contracts', 'packages/dashboards', 'cdk8s', 'services/gateway/src/openapi.test.ts'],
    ...[
      'tests/contract/skaffold.test.ts',
      'tests/contract/house.test.ts',
      'tests/contract/workflows.test.ts',
    ],
  );
}, 900_000);

test('npm start runs it, with the RPCs that were made', async () => {
  const contracts = (await import(pathToFileURL(join(copy, 'packages/contracts/src/index.ts')).href)) as {
    readonly ReviewsService: ServiceDefinition;
    readonly UserService: ServiceDefinition;
  };
  const shop = await startShopOf(copy, { REVIEWS_PORT: '0', REVIEWS_ADMIN_PORT: '0' });
  try {
    const addresses = shop.services as Readonly<Record<string, string>>;
    const ask = async (service: ServiceDefinition, process: string, rpc: string, id: bigint) => {
      const channel = openChannel(addresses[process] as string);
      const client = createClient(service, channel) as unknown as Record<
        string,
        (request: { id: bigint }) => Promise<object>
      >;
      return client[rpc]?.({ id }).finally(() => channel.close());
    };
    const { ReviewsService, UserService } = contracts;
    // A busy machine may spend a call's half a second elsewhere.
    const patiently = { timeout: 60_000 };
    await vi.waitFor(async () => {
      const found = await ask(ReviewsService, 'reviews', 'getReviews', 2n);
      expect(found).toEqual({ id: 2n, name: 'The second' });
    }, patiently);
    for (const [service, process, rpc] of [
      [ReviewsService, 'reviews', 'getRating'],
      [UserService, 'user', 'getLoyalty'],
    ] as const) {
      await vi.waitFor(
        () => expect(ask(service, process, rpc, 1n)).rejects.toMatchObject({ code: Code.NOT_FOUND }),
        patiently,
      );
    }
    const { status } = await fetch(`http://${(shop.admin as Record<string, string>).reviews}/readyz`);
    expect(status).toBe(200);
  } finally {
    await shop.stop();
  }
});

test('where it is stopped or a step fails every file is as it was', async () => {
  const before = await contents();
  const child = spawn(process.execPath, ['scripts/new.ts', 'service', 'ratings'], { cwd: copy });
  const ended = once(child, 'close');
  let shown = '';
  child.stderr.on('data', (words) => (shown += words));
  await once(child.stdout, 'data'); // it says what it writes
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(shown).toMatch(/^stopped by SIGTERM\nEvery file is as it was/);
  expect(await contents()).toEqual(before);

  await appendFile(join(copy, 'scripts/budgets.ts'), "\nthrow new Error('broken on purpose');\n");
  for (const words of ['service ratings', 'rpc pricing GetLoyaltyPoints']) {
    const args = ['scripts/new.ts', ...words.split(' ')];
    const { code, output } = await outcomeOf(process.execPath, args, process.env, copy);
    expect(code).toBe(1);
    expect(output).toContain('broken on purpose');
    expect(await contents()).toEqual(before);
  }
});

/** Every file and folder that it may write to, with what a file holds. */
async function contents(): Promise<ReadonlyMap<string, string>> {
  const entries = await Promise.all(
    ['.github', 'cdk8s', 'charts', 'dashboards', 'k8s', 'packages', 'protos', 'services', 'skaffold'].map(
      (folder) => readdir(join(copy, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  const paths = entries.flat().map((entry) => [join(entry.parentPath, entry.name), entry.isFile()] as const);
  const read = paths.map(
    async ([path, isFile]) => [path, isFile ? await readFile(path, 'utf8') : ''] as const,
  );
  return new Map(await Promise.all(read));
}

test('npm ci takes the lock file', async () => {
  const { code, output } = await outcomeOf(
    'npm',
    ['ci', '--dry-run', '--offline', '--ignore-scripts'],
    process.env,
    copy,
  );
  expect({ code, output }).toMatchObject({ code: 0 });
});
