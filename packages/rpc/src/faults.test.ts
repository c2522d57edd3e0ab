import { PricingService } from '@hotpath/contracts';
import { afterEach, expect, test, vi } from 'vitest';

const { getPrice } = PricingService.methods;

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The kit as a process with such an environment has it. */
async function kitWith(env: Record<string, string>) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.resetModules();
  const { injectFaults, setFault } = await import('./faults.ts');
  const { Call } = await import('./call.ts');
  const { Metadata } = await import('@grpc/grpc-js');
  const { Code } = await import('./code.ts');
  const step = injectFaults(async () => 'answer', {
    side: 'server',
    service: PricingService,
    method: getPrice,
  });
  const call = async (headers: Record<string, string> = {}, budgetMs = 5_000) => {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(`x-envoy-fault-${name}`, value);
    const call = new Call({ path: getPrice.path, budgetMs, metadata });
    call.startTimer();
    return step(call, {});
  };
  return { call, setFault, Code };
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
  const { call, setFault, Code } = await kitWith({ FAULTS: 'true' });
  setFault(getPrice.path, { abortCode: Code.UNAVAILABLE });
  await expect(call()).rejects.toMatchObject({ code: Code.UNAVAILABLE });
  setFault(getPrice.path, undefined);
  expect(await call()).toBe('answer');
});

test.each<Record<string, string>>([{}, { FAULTS: 'false' }, { FAULTS: 'true', NODE_ENV: 'production' }])(
  'with %o nobody gets a fault',
  async (env) => {
    const { call, setFault } = await kitWith(env);
    expect(await call({ 'abort-grpc-request': '14' })).toBe('answer');
    expect(() => setFault(getPrice.path, {})).toThrow('FAULTS=true');
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
