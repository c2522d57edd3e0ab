import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importLines } from '@hotpath/rpc';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../services/gateway/src/testing/index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Runs the command. @returns how it ended and what it printed */
async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['scripts/import.ts', ...args], { env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

/** A gateway before services that keep what each import sent, by its key. */
async function startShop() {
  const imports = new Map<string, unknown[]>();
  const steps = () => {
    const sent: unknown[] = [];
    return {
      recall: async () => undefined,
      store: async (lines: object[]) => {
        sent.push(...lines);
        return lines.map(() => 'changed' as const);
      },
      keep: async <Summary>(key: string, summary: Summary) => {
        imports.set(key, sent);
        return summary;
      },
    };
  };
  const { url } = await startGateway({
    pricing: { importPrices: async (requests) => ({ summary: await importLines(requests, steps()) }) },
    inventory: { importStock: async (requests) => ({ summary: await importLines(requests, steps()) }) },
  });
  return { url, imports };
}

const price = '{"productId":"1","currency":"INR","price":12.5}\n';

test('a file is known by its columns, and by its content: sent again it has the same key', async () => {
  const { url, imports } = await startShop();
  const csv = await fileOf('a.csv', '\ufeffproductId,currency,price\r\n1,INR,12.5\r\n2,INR,7\r\n');
  const same = await fileOf('b.csv', '\ufeffproductId,currency,price\r\n1,INR,12.5\r\n2,INR,7\r\n');
  const stock = await fileOf('c.NDJSON', '\n{"available":40,"productId":"1","warehouseId":"in-bom-1"}');
  for (const [file, expected] of [
    [csv, /^2 lines in .*: 2 stored, of which 2 changed a value; 0 failed\n$/],
    [same, /^2 lines/],
    [stock, /^1 lines/],
  ] as const) {
    const { code, out, err } = await run([file, '--gateway', url]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(expected);
  }
  expect([...imports.values()]).toEqual([
    [
      { line: 2n, productId: 1n, price: { minorUnits: 1250n, currency: 'INR' } },
      { line: 3n, productId: 2n, price: { minorUnits: 700n, currency: 'INR' } },
    ],
    [{ line: 2n, productId: 1n, warehouseId: 'in-bom-1', available: 40 }],
  ]);
  await run([csv, '--gateway', url, '--again']);
  expect(imports.size).toBe(3);
});

test('bad lines are told by their number, and it exits 1', async () => {
  const { url } = await startShop();
  const file = await fileOf('a.jsonl', `${price}{\n${price}{"productId":"x"}\n`);
  const { code, out, err } = await run([file], { HOTPATH_GATEWAY: url });
  expect(code).toBe(1);
  expect(err).toMatch(
    /^line 2: INVALID_ARGUMENT: the line is no valid JSON\nline 4: INVALID_ARGUMENT: productId: .*\n$/,
  );
  expect(out).toMatch(/^4 lines .*: 2 stored, of which 2 changed a value; 2 failed\n$/);
  const json = await run([file, '--again', '--json'], { HOTPATH_GATEWAY: url });
  expect({ ...json, out: JSON.parse(json.out) }).toMatchObject({ code: 1, out: { received: 4, failed: 2 } });
});

test('where an import came to its end before, it says that nothing was stored', async () => {
  const summary = { received: 1n, stored: 1n, changed: 1n, failed: 0n, errors: [], replayed: true };
  const { url } = await startGateway({ pricing: { importPrices: async () => ({ summary }) } });
  const { code, out } = await run([await fileOf('a.ndjson', price), '--gateway', url]);
  expect(code).toBe(0);
  expect(out).toMatch(/^imported before, and nothing stored now \(--again does\): 1 lines/);
});

test.each([
  ['a.txt', price, [], 1, /a\.txt: the name must end in \.csv, \.ndjson or \.jsonl/],
  ['a.csv', '', [], 1, /there is no line in it/],
  [
    'a.csv',
    'productId,inr\n1,2\n',
    [],
    1,
    /names neither "price" for prices nor "available" for stock; .*--as/,
  ],
  ['a.ndjson', '{\n', [], 1, /names neither/],
  ['a.csv', 'price\n', [], 1, /was refused: 400 body: the first line must be the header/],
  ['a.csv', 'price\n', ['--as', 'coupons'], 2, /--as is prices or stock/],
  ['a.csv', 'price\n', ['--fast'], 2, /--fast/],
  ['a.csv', 'price\n', ['b.csv'], 2, /name one file/],
  ['a.csv', 'price\n', ['--gateway', 'shop'], 2, /no URL such as/],
  ['a.csv', 'price\n', ['--email', 'vip@demo.test'], 1, /was refused: 403 only merchants may do this/],
])('%s of %j with %j is one clear line and exit %i', async (name, content, args, exit, message) => {
  const { url } = await startGateway();
  const { code, out, err } = await run([await fileOf(name, content), ...args], { HOTPATH_GATEWAY: url });
  expect({ code, out }).toEqual({ code: exit, out: '' });
  expect(err).toMatch(message);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('a missing file, a wrong password and a shop that is not there are told likewise', async () => {
  const { url } = await startGateway();
  const file = await fileOf('a.ndjson', price);
  expect((await run([join(folder, 'none.csv'), '--gateway', url])).err).toMatch(/^ENOENT: .*none\.csv'\n$/);
  expect((await run([file, '--gateway', url], { HOTPATH_PASSWORD: 'wrong' })).err).toMatch(
    /^http:\S+ does not know merchant@demo\.test by this password: set --email and HOTPATH_PASSWORD\n$/,
  );
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const { code, err } = await run([file, '--gateway', `http://127.0.0.1:${port}`]);
  expect(code).toBe(1);
  expect(err).toMatch(/^no shop at http:\S+ \(.*ECONNREFUSED.*\): npm start runs one, .*\n$/);
});

test('a shop that is lost in the middle is one line that says what to do', async () => {
  const { url, close } = await startGateway({
    pricing: {
      async importPrices(requests) {
        let messages = 0;
        // It reads no more before the gateway is gone, which therefore cannot have finished.
        for await (const _ of requests) if (++messages === 3) await close();
        return { summary: undefined };
      },
    },
  });
  const file = await fileOf('a.ndjson', price.repeat(500_000));
  const { code, out, err } = await run([file, '--gateway', url]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /^(the shop was lost when [\d,]+ lines were sent|.* was refused: 5).*the same command goes on\n$/,
  );
});
