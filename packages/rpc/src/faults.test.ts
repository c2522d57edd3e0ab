import { PricingService } from '@hotpath/contracts';
import { listenAdmin } from '@hotpath/telemetry';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';

const { getPrice } = PricingService.methods;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The kit as a process with such an environment has it. */
async function kitWith(env: Record<string, string>) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.resetModules();
  const { injectFaults } = await import('./faults.ts');
  const { setFault, healFault, healFaults, currentFaults } = await import('./fault-store.ts');
  const { answerFaults } = await import('./fault-admin.ts');
  const { Call } = await import('./call.ts');
  const { Metadata } = await import('@grpc/grpc-js');
  const { Code } = await import('./code.ts');
  const rpc = { service: PricingService, method: getPrice };
  const steps = {
    server: injectFaults(async () => 'answer', { side: 'server', ...rpc }),
    client: injectFaults(async () => 'answer', { side: 'client', ...rpc }),
  };
  const call = async (headers: Record<string, string> = {}, budgetMs = 5_000, caller = 'inventory') => {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(`x-envoy-fault-${name}`, value);
    return steps.server(new Call({ path: getPrice.path, budgetMs, metadata, caller }), {});
  };
  /** A call of pricing as its client makes it, and the code by which it settles. */
  const outgoing = async (budgetMs = 5_000) => {
    const call = new Call({ path: getPrice.path, budgetMs });
    const code = new Promise((resolve) => call.onSettled(resolve));
    const answer = steps.client(call, {});
    return { answer: await answer.catch(() => 'failed'), code: call.over ? await code : undefined };
  };
  return { call, outgoing, setFault, healFault, healFaults, currentFaults, answerFaults, Code };
}

test("callers ask for faults by Envoy's headers", async () => {
  const { call, Code } = await kitWith({ FAULTS: 'true' });
  expect(await call()).toBe('answer');
  const before = performance.now();
  expect(await call({ 'delay-request': '30' })).toBe('answer');
  expect(performance.now() - before).toBeGreaterThan(25);
  await expect(call({ 'abort-grpc-request': '14' })).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  expect(await call({ 'abort-grpc-request': '14', 'abort-request-percentage': '0' })).toBe('answer');
  await expect(call({ 'delay-request': '5000' }, 20)).rejects.toMatchObject({ code: Code.DEADLINE_EXCEEDED });
});

test.each<Record<string, string>>([
  { 'delay-request': '-1' },
  { 'delay-request': '1e9' },
  { 'abort-grpc-request': '0' },
  { 'abort-grpc-request': '17' },
])('what says nothing does nothing: %o', async (headers) => {
  const { call } = await kitWith({ FAULTS: 'true' });
  expect(await call(headers)).toBe('answer');
});

test('a share of the calls is hit', async () => {
  const { call } = await kitWith({ FAULTS: 'true' });
  const calls = Array.from({ length: 1_000 }, () =>
    call({ 'abort-grpc-request': '14', 'abort-request-percentage': '30' }).then(
      () => 0,
      () => 1,
    ),
  );
  const hit = (await Promise.all(calls)).reduce((sum: number, one) => sum + one, 0);
  expect(hit).toBeGreaterThan(220);
  expect(hit).toBeLessThan(380);
});

test('a fault is set for an RPC, and healed', async () => {
  const { call, setFault, healFault, Code } = await kitWith({ FAULTS: 'true' });
  setFault({ rpc: getPrice.path, abortCode: Code.UNAVAILABLE });
  await expect(call()).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  healFault({ rpc: getPrice.path });
  expect(await call()).toBe('answer');
});

test('a fault befalls its own RPC, caller and side, and no others', async () => {
  const { call, outgoing, setFault, healFaults, Code } = await kitWith({ FAULTS: 'true' });
  const abortCode = Code.UNAVAILABLE;
  setFault({ rpc: '/ecommerce.PricingService/SetPrice', abortCode });
  setFault({ peer: 'gateway', abortCode });
  setFault({ side: 'client', peer: 'inventory', abortCode });
  expect(await call()).toBe('answer');
  expect(await outgoing()).toEqual({ answer: 'answer', code: undefined });
  await expect(call({}, 5_000, 'gateway')).rejects.toMatchObject({ code: abortCode });

  healFaults();
  setFault({ side: 'client', peer: 'pricing', abortCode });
  expect(await call({}, 5_000, 'gateway')).toBe('answer');
  expect(await outgoing()).toEqual({ answer: 'failed', code: abortCode });
});

test('a call that is held back on its way ends by its own budget, and the latest fault that fits holds', async () => {
  const { outgoing, setFault, Code } = await kitWith({ FAULTS: 'true' });
  setFault({ side: 'client', delayMs: 60_000 });
  expect(await outgoing(30)).toEqual({ answer: 'failed', code: Code.DEADLINE_EXCEEDED });
  setFault({ side: 'client', peer: 'pricing', delayMs: 0 });
  expect(await outgoing(30)).toEqual({ answer: 'answer', code: undefined });
});

test('a fault heals by itself when its time is over, and one that replaces it has a time of its own', async () => {
  const { call, setFault, currentFaults, Code } = await kitWith({ FAULTS: 'true' });
  setFault({ abortCode: Code.UNAVAILABLE }, 20);
  setFault({ abortCode: Code.INTERNAL });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(call()).rejects.toMatchObject({ code: Code.INTERNAL });
  setFault({ abortCode: Code.INTERNAL }, 50);
  await vi.waitFor(() => expect(currentFaults()).toEqual([]), 10_000);
  expect(await call()).toBe('answer');
});

test('the admin port sets, tells and heals faults, and refuses what is none', async () => {
  const { call, answerFaults, Code } = await kitWith({ FAULTS: 'true' });
  const admin = await listenAdmin({
    host: '127.0.0.1',
    port: 0,
    readiness: () => ({ ready: true, reason: '' }),
    more: answerFaults,
  });
  onTestFinished(() => admin.close());
  const ask = async (method: string, body?: unknown, query = '') => {
    const response = await fetch(`http://127.0.0.1:${admin.port}/faults${query}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  const fault = { rpc: getPrice.path, delayMs: { uniform: [1, 2] }, abortCode: 'RESOURCE_EXHAUSTED' };
  expect(await ask('PUT', { ...fault, ttlMs: 5_000 })).toMatchObject({ status: 200, faults: [fault] });
  await expect(call()).rejects.toMatchObject({ code: Code.RESOURCE_EXHAUSTED });
  const { faults } = (await ask('GET')) as unknown as { faults: { healsInMs: number }[] };
  expect(faults[0]?.healsInMs).toBeLessThanOrEqual(5_000);
  expect(await ask('DELETE', undefined, '?peer=gateway')).toMatchObject({ faults: [fault] });
  expect(await ask('DELETE', undefined, `?rpc=${getPrice.path}`)).toMatchObject({ faults: [] });
  expect(await call()).toBe('answer');

  await ask('PUT', fault);
  expect(await ask('DELETE')).toMatchObject({ faults: [] });
  for (const [body, about] of [
    [{}, 'delayMs or abortCode'],
    [{ delayMs: -1 }, 'delayMs'],
    [{ delayMs: 5, delayPercentage: 101 }, 'delayPercentage'],
    [{ abortCode: 'OK' }, 'abortCode'],
    [{ delayMs: 5, rpc: 'GetPrice' }, 'rpc'],
    [{ delayMs: 5, ttlMs: 1e9 }, 'ttlMs'],
    [{ delayMs: 5, colour: 'red' }, 'colour'],
  ] as const) {
    expect(await ask('PUT', body)).toMatchObject({ status: 400, error: expect.stringContaining(about) });
  }
  expect(await ask('POST', fault)).toMatchObject({ status: 405 });
  expect(await ask('GET')).toEqual({ status: 200, faults: [] });
});

test.each<Record<string, string>>([{}, { FAULTS: 'false' }, { FAULTS: 'true', NODE_ENV: 'production' }])(
  'with %o nobody gets a fault',
  async (env) => {
    const { call, setFault } = await kitWith(env);
    expect(await call({ 'abort-grpc-request': '14' })).toBe('answer');
    expect(() => setFault({})).toThrow('FAULTS=true');
  },
);

test('production refuses to start with faults or without a defence', async () => {
  const { refuseTrials } = await import('./trials.ts');
  const on = { FAULTS: true, WITHOUT_DEFENCES: [] };
  const without = { FAULTS: false, WITHOUT_DEFENCES: ['shedding' as const] };
  expect(() => refuseTrials(on)).not.toThrow();
  vi.stubEnv('NODE_ENV', 'production');
  expect(() => refuseTrials(on)).toThrow('FAULTS is set and NODE_ENV is production');
  expect(() => refuseTrials(without)).toThrow('WITHOUT_DEFENCES is set');
  expect(() => refuseTrials({ FAULTS: false, WITHOUT_DEFENCES: [] })).not.toThrow();
});
