import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let copy: string;

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'budgets-'));
  for (const part of ['protos', 'scripts', 'packages/contracts', 'package.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const script = join(copy, 'scripts/budgets.ts');
  const text = await readFile(script, 'utf8');
  await writeFile(script, text.replace("'@hotpath/contracts'", "'../packages/contracts/src/index.ts'"));
});
afterEach(() => rm(copy, { recursive: true, force: true }));

function budgets(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/budgets.ts', ...args], { cwd: copy }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** Replaces text in a file of the copy. @returns the line that it stands in. */
async function change(file: string, from: string, to: string): Promise<number> {
  const text = await readFile(join(copy, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(copy, file), text.replace(from, to));
  return text.slice(0, text.indexOf(from)).split('\n').length;
}

test('as a table and as JSON', async () => {
  const table = await budgets();
  expect(table).toMatchObject({ code: 0, stderr: '' });
  expect(table.stdout).toMatch(
    /^GET \/api\/products .*\n +InventoryService\/ListProducts .*\n +UserService\/GetSegment/m,
  );
  const { paths, problems } = JSON.parse((await budgets('--json')).stdout);
  expect(problems).toEqual([]);
  expect(paths).toContainEqual(
    expect.objectContaining({
      path: ['GET /api/products', 'InventoryService/ListProducts', 'PricingService/GetPricesBatch'],
      attempts: 2,
    }),
  );
});

const config = 'protos/inventory_grpc_service_config.json';

test('a child that cannot fit in its parent fails with the line of the parent', async () => {
  const line = await change(
    config,
    '"method": "ListProducts" }],\n      "timeout": "1.500s"',
    '"method": "ListProducts" }],\n      "timeout": "0.600s"',
  );
  const { code, stderr } = await budgets();
  expect(code).toBe(1);
  expect(stderr).toContain(`${config}:${line}: /ecommerce.InventoryService/ListProducts has 600 ms`);
});

test('attempts that multiply fail with the line of the RPC', async () => {
  await change(
    'packages/contracts/src/call-graph.ts',
    'inventory: { retries: false }',
    'inventory: { retries: true }',
  );
  const { code, stderr } = await budgets();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /protos\/pricing_grpc_service_config\.json:\d+: .*ListProducts -> .*GetPricesBatch may be attempted 4 times/,
  );
});

test('a stream with a total timeout fails', async () => {
  await change(
    'protos/pricing_grpc_service_config.json',
    '"stream": { "firstMessage": "1s"',
    '"timeout": "9s",\n      "stream": { "firstMessage": "1s"',
  );
  const { code, stderr } = await budgets();
  expect(code).toBe(1);
  expect(stderr).toContain('/ecommerce.PricingService/WatchPrice is a stream and must have no total timeout');
});

test('a route that grants too little fails with its line in the graph', async () => {
  const line = await change(
    'packages/contracts/src/call-graph.ts',
    "'GET /api/products': route(3000",
    "'GET /api/products': route(1000",
  );
  const { code, stderr } = await budgets();
  expect(code).toBe(1);
  expect(stderr).toContain(`packages/contracts/src/call-graph.ts:${line}: GET /api/products has 1000 ms`);
});
