import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goProgram, type RunningShop, startShop } from '@hotpath/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);

let grpcurl: string;
let probe: string;
let shop: RunningShop;

beforeAll(async () => {
  grpcurl = await goProgram('github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4');
  probe = await goProgram('github.com/grpc-ecosystem/grpc-health-probe@v0.4.61');
}, 300_000);

/** What a program prints on both streams, and whether it succeeded. */
async function outcome(program: string, ...args: string[]) {
  return run(program, args).then(
    ({ stdout, stderr }) => ({ ok: true, output: stdout + stderr }),
    ({ stdout, stderr }) => ({ ok: false, output: `${stdout}${stderr}` }),
  );
}

/** The TLS options of grpcurl, for one of the shop's certificates. */
function grpcurlAs(name: string) {
  const file = (type: string) => join(shop.data, 'certs', name, type);
  return ['-cacert', file('ca.crt'), '-cert', file('tls.crt'), '-key', file('tls.key')];
}

const productOne = ['-d', '{"product_id": 1, "currency": "EUR"}'];
const getPrice = 'ecommerce.PricingService/GetPrice';

test('grpcurl and grpc_health_probe work against the shop in plaintext', async () => {
  shop = await startShop();
  onTestFinished(() => shop.stop());
  const { pricing } = shop.services;
  const { output: list } = await outcome(grpcurl, '-plaintext', pricing, 'list');
  expect(list).toContain('ecommerce.PricingService\n');
  const { output: described } = await outcome(
    grpcurl,
    '-plaintext',
    pricing,
    'describe',
    'ecommerce.PriceRequest',
  );
  expect(described).toContain('int64 product_id = 1');
  const called = await outcome(grpcurl, '-plaintext', ...productOne, pricing, getPrice);
  expect(JSON.parse(called.output)).toMatchObject({ product_id: '1', currency: 'EUR' });

  for (const address of Object.values(shop.services)) {
    expect(await outcome(probe, `-addr=${address}`)).toMatchObject({ ok: true });
  }
  const named = await outcome(probe, `-addr=${pricing}`, '-service=ecommerce.PricingService');
  expect(named.output).toContain('status: SERVING');
  expect(await outcome(probe, `-addr=${pricing}`, '-service=nobody')).toMatchObject({ ok: false });
  expect(await outcome(probe, `-addr=${pricing}`, '-tls')).toMatchObject({ ok: false });
});

describe('with mutual TLS', () => {
  beforeAll(async () => {
    shop = await startShop({ LOG_LEVEL: 'info' }, '--mtls');
  });
  afterAll(() => shop?.stop());

  test('they work by the certificates of npm run certs', async () => {
    const { pricing } = shop.services;
    const tools = grpcurlAs('tools');
    expect((await outcome(grpcurl, ...tools, pricing, 'list')).output).toContain(
      'ecommerce.PricingService\n',
    );
    const called = await outcome(grpcurl, ...grpcurlAs('gateway'), ...productOne, pricing, getPrice);
    expect(JSON.parse(called.output)).toMatchObject({ product_id: '1', currency: 'EUR' });
    const denied = await outcome(grpcurl, ...tools, ...productOne, pricing, getPrice);
    expect(denied).toMatchObject({ ok: false, output: expect.stringContaining('tools may not call') });
    const nobody = await outcome(grpcurl, ...tools.slice(0, 2), pricing, 'list');
    expect(nobody).toMatchObject({ ok: false, output: expect.stringContaining('client certificate') });

    const certs = join(shop.data, 'certs/tools');
    const files = [
      `-tls-ca-cert=${certs}/ca.crt`,
      `-tls-client-cert=${certs}/tls.crt`,
      `-tls-client-key=${certs}/tls.key`,
    ];
    for (const address of Object.values(shop.services)) {
      expect(await outcome(probe, `-addr=${address}`, '-tls', ...files)).toMatchObject({ ok: true });
      expect(await outcome(probe, `-addr=${address}`, '-tls', files[0] as string)).toMatchObject({
        ok: true,
      });
      expect(await outcome(probe, `-addr=${address}`)).toMatchObject({ ok: false });
    }
  });

  test('a running shop takes up the certificates of npm run certs -- --force, and no call is lost', async () => {
    const { gateway, data } = shop;
    let done = false;
    const statuses = new Map<number | string, number>();
    const load = [1, 2, 3, 4].map(async () => {
      while (!done) {
        const status = await fetch(`${gateway}/api/products?pageSize=5`).then(
          async (response) => {
            await response.arrayBuffer();
            return response.status;
          },
          (error: Error) => error.message,
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    await run(process.execPath, ['scripts/certs.ts', '--force'], {
      env: { ...process.env, HOTPATH_DATA: data },
    });
    const took = () => shop.log.filter((line) => line.includes('took up new TLS files')).length;
    await expect.poll(took, { timeout: 15_000 }).toBe(4);
    // The load stays on the connections that it has; this comes on a new one, with new certificates on both sides.
    const called = await outcome(
      grpcurl,
      ...grpcurlAs('gateway'),
      ...productOne,
      shop.services.pricing,
      getPrice,
    );
    expect(called.ok, called.output).toBe(true);
    done = true;
    await Promise.all(load);
    console.log(`rotation of the running shop: ${JSON.stringify(Object.fromEntries(statuses))}`);
    expect([...statuses.keys()]).toEqual([200]);
  });
});
