import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { launch as launchIt } from '../../docs/examples/hot-call/launch.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function launch(side: 'before' | 'after') {
  const launched = await launchIt(side);
  onTestFinished(() => launched.stop());
  return launched;
}

const ask = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.text() };
};

test('the code of docs/forking.md is that of the files it names', async () => {
  const page = await readFile(`${root}docs/forking.md`, 'utf8');
  const examples = [...page.matchAll(/<!-- (\S+) -->\n```\w+\n([\s\S]*?)```\n/g)];
  expect(examples).toHaveLength(7);
  for (const [, file, code] of examples) expect(code).toBe(await readFile(`${root}${file}`, 'utf8'));
});

test('the call that docs/forking.md moves gets the same answers before and after, and shipping still speaks REST', async () => {
  const [before, after] = await Promise.all([launch('before'), launch('after')]);
  for (const order of [1, 2, 999]) {
    const expected = await ask(`${before.orders}/orders/${order}`);
    expect(JSON.parse(expected.body).parcels).toHaveLength(40);
    expect(await ask(`${after.orders}/orders/${order}`)).toEqual(expected);
  }
  const nowhere = [before, after].map(({ orders }) => ask(`${orders}/orders/404`));
  expect((await Promise.all(nowhere)).map(({ status }) => status)).toEqual([404, 404]);
  const rate = await ask(`${before.shipping}/rates/far?grams=700`);
  expect(await ask(`${after.shipping}/rates/far?grams=700`)).toEqual(rate);
});

test('after the move an order is answered though shipping is not, and a call ends when its browser leaves', async () => {
  const { orders, admin, processes } = await launch('after');
  const metrics = async () => (await ask(`${admin}/metrics`)).body;
  const labels = 'rpc_method="example.ShippingService/GetRates"';
  const ended = (code: string) =>
    `rpc_client_call_duration_seconds_count{${labels},peer="shipping",rpc_response_status_code="${code}"}`;
  const patiently = { timeout: 30_000 };

  processes.shipping.kill('SIGSTOP');
  onTestFinished(() => void processes.shipping.kill('SIGCONT')); // what is stopped does not end
  expect(await ask(`${orders}/orders/1`)).toMatchObject({ status: 504 });
  expect(await metrics()).toContain(ended('DEADLINE_EXCEEDED'));
  expect(await metrics()).not.toContain(ended('CANCELLED'));
  // Again where the deadline was faster than the one who leaves.
  await vi.waitFor(async () => {
    const browser = new AbortController();
    const asked = fetch(`${orders}/orders/1`, { signal: browser.signal }).catch(() => undefined);
    const soon = { timeout: 1_000, interval: 5 };
    await vi.waitFor(async () => expect(await metrics()).toContain(`active_calls{${labels}} 1`), soon);
    browser.abort();
    await asked;
    expect(await metrics()).toContain(ended('CANCELLED'));
  }, patiently);

  processes.shipping.kill('SIGCONT');
  await vi.waitFor(
    async () => expect(await ask(`${orders}/orders/1`)).toMatchObject({ status: 200 }),
    patiently,
  );
});
